import type { HttpClient, HttpRequest } from '../../platform/http.ts';
import { isTemporaryStatus } from '../../platform/http-retry.ts';
import { HttpFileReader, type OpenHttp } from '../artifacts/http-file.ts';
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
  readonly #reader: HttpFileReader;

  /** `http` must not repeat requests: the download does. */
  constructor(place: SignedPlace, http: HttpClient) {
    this.#place = place;
    this.#reader = new HttpFileReader((request, signal) => open(http, request, signal));
  }

  get shown(): string {
    return this.#place.shown;
  }

  list(): Promise<readonly RemoteFile[]> {
    const { shown } = this;
    return listTree({ shown, ranges: 'supported', listFolder: (folder) => this.#place.listFolder(folder) });
  }

  async read(file: RemoteFile, range: ByteRange, signal: AbortSignal): Promise<ReadOutcome> {
    const request = await this.#place.sign(file.path);
    return this.#reader.read({ file, range, shown: this.shown, request }, signal);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

async function open(http: HttpClient, request: HttpRequest, signal: AbortSignal): ReturnType<OpenHttp> {
  const outcome = await http.send(request, signal);
  if (outcome.kind === 'no-answer') return { kind: 'temporary', reason: outcome.reason };
  const { status, body } = outcome.response;
  // a signature that ran out is refused, and the next attempt gets another one
  if (!isTemporaryStatus(status) && status !== 403) return outcome.response;
  await body.discard();
  return { kind: 'temporary', reason: `the address that was signed answered ${status}` };
}
