import type { BlobItem, ContainerClient } from '@azure/storage-blob';
import type { Readable } from 'node:stream';
import { messageOf } from '../../../core/errors.ts';
import { withoutUndefined } from '../../../core/objects.ts';
import type { AzureUri } from '../../../model/store-uri.ts';
import { askPatiently, systemCodeOf, troubleOf, type Trouble } from '../artifact-errors.ts';
import { listPages, type ObjectsPage } from '../list-pages.ts';
import type { ArtifactStore, ByteRange, Checksum, ReadOutcome, RemoteFile } from '../port.ts';
import { readPatiently } from '../read-patiently.ts';
import { safePath } from '../safe-path.ts';
import type { AzureSettings } from '../settings.ts';
import { streamBody, withPatience } from '../stream-body.ts';
import { connect, VARIABLES, type AzureConnection } from './client.ts';

/** Opens a folder of a container. Throws LIBRARY_MISSING, STORE_DENIED, STORE_FAILED. */
export async function openAzureStore(uri: AzureUri, settings: AzureSettings): Promise<ArtifactStore> {
  return new AzureStore(uri, await connect(uri, settings));
}

const PAGE_SIZE = 5000;

class AzureStore implements ArtifactStore {
  readonly shown: string;
  readonly #container: ContainerClient;
  readonly #way: AzureConnection['way'];
  /** Of the names of all files. */
  readonly #prefix: string;

  constructor(uri: AzureUri, { service, way }: AzureConnection) {
    this.#container = service.getContainerClient(uri.container);
    this.#way = way;
    this.shown = `the container '${uri.container}' of the Azure account '${service.accountName}'`;
    this.#prefix = uri.path === '' ? '' : `${uri.path}/`;
  }

  list(signal: AbortSignal): Promise<readonly RemoteFile[]> {
    return listPages({
      shown: this.shown,
      page: (token) => this.#page(token, signal),
      file: (blob) => this.#file(blob),
    });
  }

  read(file: RemoteFile, { start, end }: ByteRange, signal: AbortSignal): Promise<ReadOutcome> {
    return readPatiently({
      subject: `the file '${file.path}' of ${this.shown}`,
      signal,
      explain: (error) => this.#explain(error),
      open: async (patience) => {
        const blob = this.#container.getBlobClient(`${this.#prefix}${file.path}`);
        const answer = await blob.download(start, end === undefined ? undefined : end - start, {
          abortSignal: patience.signal,
          maxRetryRequests: 0,
          conditions: withoutUndefined({ ifMatch: file.version }),
        });
        return streamBody({
          // on Node the SDK gives nothing else
          stream: answer.readableStreamBody as Readable,
          patience,
          length: answer.contentEncoding ? undefined : answer.contentLength,
          explain: (error) => this.#explain(error).reason,
        });
      },
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #page(continuationToken: string | undefined, signal: AbortSignal): Promise<ObjectsPage<BlobItem>> {
    return askPatiently({
      subject: this.shown,
      signal,
      explain: (error) => this.#explain(error),
      ask: () =>
        withPatience(signal, async (abortSignal) => {
          const pages = this.#container
            // metadata tells the folders of a data lake
            .listBlobsFlat({ prefix: this.#prefix, includeMetadata: true, abortSignal })
            .byPage({ maxPageSize: PAGE_SIZE, ...withoutUndefined({ continuationToken }) });
          const page = await pages.next();
          if (page.done === true) return { objects: [], next: undefined };
          const { segment, continuationToken: next } = page.value;
          return { objects: segment.blobItems, next: next === '' ? undefined : next };
        }),
    });
  }

  /** undefined for the empty blobs that stand for folders. */
  #file({ name: whole, metadata, properties }: BlobItem): RemoteFile | undefined {
    const name = whole.slice(this.#prefix.length);
    if (name === '' || name.endsWith('/') || metadata?.['hdi_isfolder'] === 'true') return undefined;
    const path = safePath(name, this.shown);
    const version = properties.etag === '' ? undefined : quoted(properties.etag);
    // Azure's client decompresses such a file: neither its length nor its digest are those that the listing says
    if (properties.contentEncoding) return { path, ranges: 'unsupported', ...withoutUndefined({ version }) };
    return {
      path,
      ranges: 'supported',
      ...withoutUndefined({ version, size: properties.contentLength, checksum: checksumOf(properties) }),
    };
  }

  #explain(error: unknown): Trouble {
    const { statusCode, code, name } = error as Readonly<Record<string, unknown>>;
    if (name === 'AbortError') return { kind: 'temporary', reason: 'nothing came in time' };
    // from Azure's identity library: their text lists every way that was tried, over many lines
    if (typeof name === 'string' && /Credential|Authentication/.test(name))
      return { kind: 'denied', reason: 'no identity of Azure was found', hint: LOGIN_HINT };
    if (code === 'InvalidRange') return { kind: 'changed', reason: 'the file is shorter now' };
    const systemCode = systemCodeOf(error);
    const trouble = troubleOf({
      text: messageOf(error),
      ...(typeof statusCode === 'number' ? { status: statusCode } : {}),
      ...(typeof code === 'string' ? { word: code } : {}),
      ...(systemCode === undefined ? {} : { systemCode }),
      ...withoutUndefined({ retryAfter: retryAfterOf(error) }),
    });
    return trouble.kind === 'denied' ? { ...trouble, hint: `check ${VARIABLES[this.#way]}` } : trouble;
  }
}

const LOGIN_HINT =
  "log in with 'az login', or set AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_ACCESS_KEY or AZURE_STORAGE_SAS_TOKEN";

/** The listing has the ETag without the quotes that a condition needs. */
const quoted = (etag: string): string => (etag.startsWith('"') || etag.startsWith('W/') ? etag : `"${etag}"`);

/** Only of blobs that were put as a whole: others keep what their writer once said. */
function checksumOf({ contentMD5, blobType }: BlobItem['properties']): Checksum | undefined {
  if (contentMD5?.length !== 16 || blobType !== 'BlockBlob') return undefined;
  return { algorithm: 'md5', value: Buffer.from(contentMD5).toString('hex') };
}

function retryAfterOf(error: unknown): string | undefined {
  const { response } = error as {
    readonly response?: { readonly headers?: { get?(name: string): unknown } };
  };
  const header = response?.headers?.get?.('retry-after');
  return typeof header === 'string' ? header : undefined;
}
