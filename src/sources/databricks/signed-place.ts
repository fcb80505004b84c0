import { CaissonError } from '../../core/errors.ts';
import type { HttpClient, HttpResponse } from '../../platform/http.ts';
import { isTemporaryStatus } from '../../platform/http-retry.ts';
import { listTree, type TreeEntry } from '../artifacts/list-tree.ts';
import type { ArtifactStore, ByteRange, ReadOutcome, RemoteFile } from '../artifacts/port.ts';

/** How one file is asked for. */
export interface SignedFile {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** A place whose files the workspace gives out one by one, by addresses that are signed for a while. */
export interface SignedPlace {
  readonly shown: string;
  /** Entries of a folder below the place; none when it does not exist. */
  listFolder(folder: string): Promise<readonly TreeEntry[]>;
  sign(path: string): Promise<SignedFile>;
}

/** Lists by the workspace, reads by what it signed: the login goes to the workspace alone. */
export class SignedStore implements ArtifactStore {
  readonly #place: SignedPlace;
  readonly #http: HttpClient;

  /** `http` must not repeat requests: the download does. */
  constructor(place: SignedPlace, http: HttpClient) {
    this.#place = place;
    this.#http = http;
  }

  get shown(): string {
    return this.#place.shown;
  }

  list(): Promise<readonly RemoteFile[]> {
    const { shown } = this;
    return listTree({ shown, ranges: 'supported', listFolder: (folder) => this.#place.listFolder(folder) });
  }

  async read(file: RemoteFile, range: ByteRange, signal: AbortSignal): Promise<ReadOutcome> {
    const { url, headers } = await this.#place.sign(file.path);
    const part = rangeHeader(range);
    const asked = { url, headers: { ...headers, 'accept-encoding': 'identity', ...part } };
    const outcome = await this.#http.send(asked, signal);
    if (outcome.kind === 'no-answer') return { kind: 'temporary', reason: outcome.reason };
    return this.#judge(outcome.response, { file, part });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #judge(response: HttpResponse, { file, part }: Asked): Promise<ReadOutcome> {
    const { status, body } = response;
    if (status === (part.range === undefined ? 200 : 206)) {
      const length = lengthOf(response);
      return {
        kind: 'body',
        body: {
          ...(length === undefined ? {} : { length }),
          pieces: () => body.pieces(),
          discard: () => body.discard(),
        },
      };
    }
    await body.discard();
    // a signature that ran out is refused, and the next attempt gets another one
    if (isTemporaryStatus(status) || status === 403)
      return { kind: 'temporary', reason: `the address that was signed answered ${status}` };
    if (status === 404 || status === 416)
      return { kind: 'changed', reason: `'${file.path}' is not there as it was listed (${status})` };
    throw this.#failed(`answered ${status} for the file '${file.path}'`);
  }

  #failed(what: string): CaissonError {
    return new CaissonError('STORE_FAILED', `${this.shown} ${what}`);
  }
}

interface Asked {
  readonly file: RemoteFile;
  readonly part: { readonly range?: string };
}

function rangeHeader({ start, end }: ByteRange): { readonly range?: string } {
  if (start === 0 && end === undefined) return {};
  return { range: `bytes=${start}-${end === undefined ? '' : end - 1}` };
}

function lengthOf(response: HttpResponse): number | undefined {
  const length = response.header('content-length');
  return length === undefined || response.header('content-encoding') !== undefined
    ? undefined
    : Number(length);
}
