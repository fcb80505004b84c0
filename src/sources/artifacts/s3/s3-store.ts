import type { GetObjectCommandOutput, _Object } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import { withoutUndefined } from '../../../core/objects.ts';
import type { S3Uri } from '../../../model/store-uri.ts';
import { askPatiently, type Trouble } from '../artifact-errors.ts';
import { loadLibrary } from '../library.ts';
import { listPages, type ObjectsPage } from '../list-pages.ts';
import type { ArtifactStore, ByteRange, Checksum, ReadOutcome, RemoteFile } from '../port.ts';
import { rangeHeader } from '../range-header.ts';
import { readPatiently } from '../read-patiently.ts';
import { safePath } from '../safe-path.ts';
import type { S3Settings } from '../settings.ts';
import { type Patience, streamBody, withPatience } from '../stream-body.ts';
import { connect, type S3Connection, type S3Library } from './client.ts';
import { explainS3 } from './errors.ts';

/** Opens a folder of a bucket. Throws LIBRARY_MISSING, STORE_DENIED, STORE_FAILED. */
export async function openS3Store(uri: S3Uri, settings: S3Settings): Promise<ArtifactStore> {
  const library = await loadLibrary('@aws-sdk/client-s3', () => import('@aws-sdk/client-s3'));
  return new S3Store({ uri, settings, library, connection: await connect(library, settings) });
}

interface S3Parts {
  readonly uri: S3Uri;
  readonly settings: S3Settings;
  readonly library: S3Library;
  readonly connection: S3Connection;
}

class S3Store implements ArtifactStore {
  readonly shown: string;
  readonly #parts: S3Parts;
  /** Of the keys of all files. */
  readonly #prefix: string;

  constructor(parts: S3Parts) {
    this.#parts = parts;
    this.shown = `the bucket 's3://${parts.uri.bucket}'`;
    this.#prefix = parts.uri.path === '' ? '' : `${parts.uri.path}/`;
  }

  list(signal: AbortSignal): Promise<readonly RemoteFile[]> {
    return listPages({
      shown: this.shown,
      page: (token) => this.#page(token, signal),
      file: (object) => this.#file(object),
    });
  }

  read(file: RemoteFile, range: ByteRange, signal: AbortSignal): Promise<ReadOutcome> {
    const { connection, library } = this.#parts;
    const command = new library.GetObjectCommand({
      ...this.#common(),
      Key: `${this.#prefix}${file.path}`,
      ...withoutUndefined({ IfMatch: file.version, Range: rangeHeader(range) }),
    });
    return readPatiently({
      subject: `the file '${file.path}' of ${this.shown}`,
      signal,
      explain: (error) => this.#explain(error),
      open: async (patience) => {
        const answer = await connection.client.send(command, { abortSignal: patience.signal });
        return this.#body(answer, { range, patience });
      },
    });
  }

  close(): Promise<void> {
    this.#parts.connection.client.destroy();
    return Promise.resolve();
  }

  async #page(token: string | undefined, signal: AbortSignal): Promise<ObjectsPage<_Object>> {
    const { connection, library } = this.#parts;
    const command = new library.ListObjectsV2Command({
      ...this.#common(),
      Prefix: this.#prefix,
      ...withoutUndefined({ ContinuationToken: token }),
    });
    const page = await askPatiently({
      subject: this.shown,
      signal,
      ask: () => withPatience(signal, (abortSignal) => connection.client.send(command, { abortSignal })),
      explain: (error) => this.#explain(error),
    });
    const { Contents: objects = [], IsTruncated, NextContinuationToken } = page;
    return { objects, next: IsTruncated === true ? NextContinuationToken : undefined };
  }

  /** undefined for the empty objects that stand for folders. */
  #file({ Key = '', Size, ETag }: _Object): RemoteFile | undefined {
    const name = Key.slice(this.#prefix.length);
    if (name === '' || name.endsWith('/')) return undefined;
    return {
      path: safePath(name, this.shown),
      ranges: 'supported',
      ...withoutUndefined({ size: Size, version: ETag }),
    };
  }

  #body(
    answer: GetObjectCommandOutput,
    { range, patience }: { readonly range: ByteRange; readonly patience: Patience },
  ): ReturnType<typeof streamBody> {
    return streamBody({
      // on Node the SDK gives nothing else
      stream: answer.Body as Readable,
      patience,
      // some servers that speak S3 know no ranges
      start: range.start > 0 && answer.ContentRange === undefined ? 0 : undefined,
      length: answer.ContentLength,
      checksum: this.#parts.uri.bucket.endsWith(EXPRESS) ? undefined : checksumOf(answer),
      explain: (error) => this.#explain(error).reason,
    });
  }

  #common(): {
    readonly Bucket: string;
    readonly ExpectedBucketOwner?: string;
    readonly RequestPayer?: 'requester';
  } {
    const { uri, settings } = this.#parts;
    return {
      Bucket: uri.bucket,
      ...withoutUndefined({
        ExpectedBucketOwner: settings.expectedBucketOwner,
        RequestPayer: settings.requestPayer,
      }),
    };
  }

  #explain(error: unknown): Trouble {
    return explainS3(error, this.#parts.connection.access);
  }
}

/** How the names of directory buckets end, whose ETags are no digests. */
const EXPRESS = '--x-s3';

/**
 * The ETag is the MD5 of the content when it came in one part and S3 did not encrypt it with a key of KMS or of the customer; the listing
 * does not say whether it did.
 */
function checksumOf(answer: GetObjectCommandOutput): Checksum | undefined {
  const md5 = /^"?([0-9a-f]{32})"?$/i.exec(answer.ETag ?? '')?.[1];
  const plain = answer.ServerSideEncryption === undefined || answer.ServerSideEncryption === 'AES256';
  if (md5 === undefined || !plain || answer.SSECustomerAlgorithm !== undefined) return undefined;
  return { algorithm: 'md5', value: md5.toLowerCase() };
}
