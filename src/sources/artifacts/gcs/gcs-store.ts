import { withoutUndefined } from '../../../core/objects.ts';
import { HttpClient, type HttpOutcome, type HttpRequest, type HttpResponse } from '../../../platform/http.ts';
import type { GcsUri } from '../../../model/store-uri.ts';
import { askPatiently, readOutcome, storeError, troubleOf, type Trouble } from '../artifact-errors.ts';
import { listPages } from '../list-pages.ts';
import type { ArtifactStore, ByteRange, ReadOutcome, RemoteFile } from '../port.ts';
import { rangeHeader } from '../range-header.ts';
import { safePath } from '../safe-path.ts';
import type { GcsSettings } from '../settings.ts';
import { authorize, type GoogleAccess } from './access.ts';
import { parsePage, type StoredObject, type ObjectPage } from './objects.ts';

/**
 * Opens a folder of a bucket. The JSON API is spoken here, and only the credentials come from Google's library: the storage library is ten
 * times as large, retries by itself and reads whole files. Throws LIBRARY_MISSING, STORE_DENIED, STORE_FAILED.
 */
export async function openGcsStore(uri: GcsUri, settings: GcsSettings): Promise<ArtifactStore> {
  return new GcsStore(uri, await authorize(settings), settings.network);
}

/** Repeats are the download engine's, and of `askPatiently`. */
const HTTP = { idleTimeoutMs: 120_000, retry: { attempts: 1, baseDelayMs: 0, maxDelayMs: 0 } };
const MAX_PAGE_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

class GcsStore implements ArtifactStore {
  readonly shown: string;
  readonly #uri: GcsUri;
  readonly #access: GoogleAccess;
  readonly #http: HttpClient;
  /** Of the names of all files. */
  readonly #prefix: string;

  constructor(uri: GcsUri, access: GoogleAccess, network: GcsSettings['network']) {
    this.#http = new HttpClient({ ...HTTP, ...(network === undefined ? {} : { network }) });
    this.#uri = uri;
    this.#access = access;
    this.shown = `the bucket 'gs://${uri.bucket}'`;
    this.#prefix = uri.path === '' ? '' : `${uri.path}/`;
  }

  list(signal: AbortSignal): Promise<readonly RemoteFile[]> {
    return listPages({
      shown: this.shown,
      page: async (token) => {
        const { objects, nextPageToken: next } = await this.#page(token, signal);
        return { objects, next };
      },
      file: (object) => this.#file(object),
    });
  }

  async read(file: RemoteFile, range: ByteRange, signal: AbortSignal): Promise<ReadOutcome> {
    const subject = `the file '${file.path}' of ${this.shown}`;
    const url = this.#url(`/${encodeURIComponent(`${this.#prefix}${file.path}`)}`);
    url.searchParams.set('alt', 'media');
    // a generation that is not the newest any more is gone, or is still the one that was listed
    if (file.version !== undefined) url.searchParams.set('generation', file.version);
    const outcome = await this.#send({ url, headers: rangeHeaders(range) }, { subject, signal });
    if (outcome.kind === 'no-answer') return { kind: 'temporary', reason: outcome.reason };
    const { response } = outcome;
    if (response.status !== 200 && response.status !== 206)
      return readOutcome(subject, await this.#troubleOf(response));
    const encoded = response.header('content-encoding') !== undefined;
    const length = encoded ? undefined : response.header('content-length');
    const { body } = response;
    return {
      kind: 'body',
      body: {
        ...(range.start > 0 && response.status === 200 ? { start: 0 as const } : {}),
        ...(length === undefined ? {} : { length: Number(length) }),
        pieces: () => body.pieces(),
        discard: () => body.discard(),
      },
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #page(pageToken: string | undefined, signal: AbortSignal): Promise<ObjectPage> {
    const url = this.#url('');
    const query = {
      prefix: this.#prefix,
      fields: 'items(name,size,generation,md5Hash,crc32c,contentEncoding),nextPageToken',
      pageToken,
    };
    for (const [name, value] of Object.entries(withoutUndefined(query))) url.searchParams.set(name, value);
    return askPatiently({
      subject: this.shown,
      signal,
      explain: (error) =>
        error instanceof Refused ? error.trouble : { kind: 'failed', reason: String(error) },
      ask: async () => {
        const outcome = await this.#send({ url }, { subject: this.shown, signal });
        if (outcome.kind === 'no-answer') throw new Refused(silence(outcome));
        const { response } = outcome;
        if (response.status !== 200) throw new Refused(await this.#troubleOf(response));
        const text = await response.body.text(MAX_PAGE_BYTES);
        if (text.kind === 'broken') throw new Refused({ kind: 'temporary', reason: text.reason });
        const page = text.kind === 'text' ? parsePage(text.text) : undefined;
        if (page === undefined)
          throw new Refused({ kind: 'failed', reason: 'the answer is not a listing of objects' });
        return page;
      },
    });
  }

  async #send(
    request: HttpRequest,
    { subject, signal }: { readonly subject: string; readonly signal: AbortSignal },
  ): Promise<HttpOutcome> {
    const login = await this.#access.headers(request.url, signal).catch((error: unknown) => {
      throw storeError(subject, { kind: 'denied', reason: 'Google gives no token', hint: LOGIN_HINT }, error);
    });
    return this.#http.send({ ...request, headers: { ...request.headers, ...login } }, signal);
  }

  /** undefined for the empty objects that stand for folders. */
  #file(object: StoredObject): RemoteFile | undefined {
    const name = object.name.slice(this.#prefix.length);
    if (name === '' || name.endsWith('/')) return undefined;
    const path = safePath(name, this.shown);
    const { generation: version, size, checksum } = object;
    // Google sends such a file decompressed, as MLflow gets it: neither its length nor its digest are those that the listing says
    if (object.encoding === 'compressed')
      return { path, ranges: 'unsupported', ...withoutUndefined({ version }) };
    return { path, ranges: 'supported', ...withoutUndefined({ size, version, checksum }) };
  }

  #url(path: string): URL {
    return new URL(`storage/v1/b/${encodeURIComponent(this.#uri.bucket)}/o${path}`, this.#access.api);
  }

  async #troubleOf(response: HttpResponse): Promise<Trouble> {
    const body = await response.body.text(MAX_ERROR_BYTES);
    const retryAfter = response.header('retry-after');
    if (response.status === 416) return { kind: 'changed', reason: 'the file is shorter now' };
    const trouble = troubleOf({
      status: response.status,
      text: body.kind === 'text' ? messageIn(body.text) : '',
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
    if (trouble.kind !== 'denied') return trouble;
    return { ...trouble, hint: this.#access.kind === 'anonymous' ? LOGIN_HINT : READER_HINT };
  }
}

/** A connection that stood and broke is worth another attempt, unlike one that never stood. */
const silence = ({ reason, reset }: Extract<HttpOutcome, { readonly kind: 'no-answer' }>): Trouble =>
  reset ? { kind: 'temporary', reason } : { kind: 'unreachable', reason };

const LOGIN_HINT =
  "log in with 'gcloud auth application-default login', or name a key in GOOGLE_APPLICATION_CREDENTIALS";
const READER_HINT = 'the account needs the role Storage Object Viewer at this bucket';

/** Carries a trouble through `askPatiently`. */
class Refused extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble) {
    super(trouble.reason);
    this.trouble = trouble;
  }
}

/** What is decompressed on its way has no length. */
const rangeHeaders = (wanted: ByteRange): Readonly<Record<string, string>> => ({
  'accept-encoding': 'identity',
  ...withoutUndefined({ range: rangeHeader(wanted) }),
});

/** `{"error": {"message": …}}`, or text. */
function messageIn(text: string): string {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly message?: unknown } };
    return typeof error?.message === 'string' ? error.message : '';
  } catch {
    return text;
  }
}
