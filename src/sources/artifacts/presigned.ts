import { CaissonError, isCaissonError } from '../../core/errors.ts';
import type { HttpResponse } from '../../platform/http.ts';
import { numberOf, objectOf, textOf } from '../tracking-server/json-fields.ts';
import type { ApiQuery, JsonObject, ServerApi } from '../tracking-server/server-api.ts';
import { HttpFileReader } from './http-file.ts';
import type { ArtifactStore, ByteRange, ReadOutcome, RemoteFile } from './port.ts';
import { type FolderQuestion, listServerFiles } from './server-listing.ts';
import { patient } from './server-reader.ts';

/** A URL that opens one file of a cloud store for a while, without a login. Its query is a secret. */
interface SignedUrl {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly size?: number;
}

export interface PresignedPlace {
  readonly folder: (folder: string) => FolderQuestion;
  /** The request whose answer holds the URL of a file. */
  readonly sign: (path: string) => ApiQuery;
}

/** Files that the tracking server lists and signs, and that come from the cloud store itself. */
export function openPresigned(api: ServerApi, place: PresignedPlace): ArtifactStore {
  const reader = new PresignedReader(api, place);
  return {
    shown: `the artifact store behind ${api.shown}`,
    list: async () =>
      (await listServerFiles(api, place.folder)).map((file) => ({ ...file, ranges: 'supported' })),
    read: (file, range, signal) => reader.read(file, range, signal),
    close: () => Promise.resolve(),
  };
}

class PresignedReader {
  readonly #api: ServerApi;
  readonly #place: PresignedPlace;
  readonly #signed = new Map<string, Promise<SignedUrl>>();
  readonly #reader: HttpFileReader;

  constructor(api: ServerApi, place: PresignedPlace) {
    this.#api = api;
    this.#place = place;
    this.#reader = new HttpFileReader((request, signal) => this.#open(request, signal));
  }

  /** A URL that has run out is signed anew, once an attempt. */
  async read(file: RemoteFile, range: ByteRange, signal: AbortSignal): Promise<ReadOutcome> {
    try {
      return await this.#readSigned(file, range, signal);
    } catch (error) {
      if (!isCaissonError(error) || error.code !== 'STORE_DENIED' || !this.#signed.delete(file.path))
        throw error;
      return await this.#readSigned(file, range, signal);
    }
  }

  async #readSigned(file: RemoteFile, range: ByteRange, signal: AbortSignal): Promise<ReadOutcome> {
    const signed = await this.#sign(file.path);
    if (file.size !== undefined && signed.size !== undefined && signed.size !== file.size)
      return {
        kind: 'changed',
        reason: `'${file.path}' has ${signed.size} bytes instead of the listed ${file.size}`,
      };
    const shown = `the artifact store '${signed.url.origin}'`;
    const { url, headers } = signed;
    return patient(() => this.#reader.read({ file, range, shown, request: { url, headers } }, signal));
  }

  /** Without the login of the tracking server: the signature is one, and two are refused. */
  async #open(request: Parameters<ServerApi['http']['send']>[0], signal: AbortSignal): Promise<HttpResponse> {
    const outcome = await this.#api.http.send(request, signal);
    const store = `the artifact store '${request.url.origin}'`;
    if (outcome.kind === 'no-answer')
      throw new CaissonError('STORE_UNREACHABLE', `${store} does not answer: ${outcome.reason}`);
    const { status, body } = outcome.response;
    if (status !== 401 && status !== 403) return outcome.response;
    await body.discard();
    throw new CaissonError('STORE_DENIED', `${store} refuses what ${this.#api.shown} signed (${status})`);
  }

  #sign(path: string): Promise<SignedUrl> {
    const known = this.#signed.get(path);
    if (known !== undefined) return known;
    const asked = this.#ask(path);
    this.#signed.set(path, asked);
    asked.catch(() => this.#signed.delete(path));
    return asked;
  }

  async #ask(path: string): Promise<SignedUrl> {
    const answer = await this.#api.ask(this.#place.sign(path));
    const signed = answer.kind === 'found' ? parseSigned(answer.value) : undefined;
    if (signed !== undefined) return signed;
    throw this.#api.failed(`signs no URL for the file '${path}'`);
  }
}

/** `url` is the proxy's word, `presigned_url` that of the run's route. */
function parseSigned(value: JsonObject): SignedUrl | undefined {
  const text = textOf(value, 'url') ?? textOf(value, 'presigned_url');
  if (text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  const headers = Object.entries(objectOf(value, 'headers')).flatMap(([name, held]) =>
    typeof held === 'string' ? [[name, held] as const] : [],
  );
  const size = numberOf(value, 'file_size');
  return { url, headers: Object.fromEntries(headers), ...(size === undefined ? {} : { size }) };
}
