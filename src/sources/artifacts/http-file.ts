import { CaissonError } from '../../core/errors.ts';
import type { HttpRequest, HttpResponse } from '../../platform/http.ts';
import type { ArtifactBody, ByteRange, ReadOutcome, RemoteFile } from './port.ts';
import { rangeHeader } from './range-header.ts';

/** A file of a place that is read over HTTP. */
export interface HttpFile {
  readonly file: RemoteFile;
  readonly range: ByteRange;
  /** For errors. */
  readonly shown: string;
  readonly request: Pick<HttpRequest, 'url' | 'headers'>;
}

type Temporary = Extract<ReadOutcome, { readonly kind: 'temporary' }>;

/**
 * Sends a request, with or without a login. What is worth another attempt may be an outcome.
 * Throws STORE_DENIED, STORE_UNREACHABLE, the reason of the signal.
 */
export type OpenHttp = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse | Temporary>;

/** Reads files over HTTP; one for every place, as it remembers which content it began to read. */
export class HttpFileReader {
  readonly #open: OpenHttp;
  /** Of the first answer for a file as it was listed: who lists again may find another content. */
  readonly #contents = new WeakMap<RemoteFile, string>();

  constructor(open: OpenHttp) {
    this.#open = open;
  }

  /**
   * Opens a file. Goes on in the middle only when the server has said which content it is, and still has the same; else the whole file
   * comes, and the body says so. Parts of two contents are `changed`. Throws what the port says.
   */
  async read(wanted: HttpFile, signal: AbortSignal): Promise<ReadOutcome> {
    const { file, range, request } = wanted;
    const headers = {
      ...request.headers,
      // a compressed answer would hide how long the file is
      'accept-encoding': 'identity',
      ...this.#rangeHeaders(file, range),
    };
    const response = await this.#open({ url: request.url, headers }, signal);
    if ('kind' in response) return response;
    const outcome = this.#compare(response, wanted) ?? judge(response, wanted);
    if (outcome.kind === 'body') return outcome;
    await response.body.discard();
    if (outcome.kind === 'refused') throw outcome.error;
    return outcome;
  }

  #rangeHeaders(file: RemoteFile, wanted: ByteRange): Readonly<Record<string, string>> {
    const range = rangeHeader(wanted);
    if (range === undefined) return {};
    const content = this.#contents.get(file);
    // a time is too coarse to be promised anything for
    if (content?.startsWith('"') === true) return { range, 'if-range': content };
    // what comes may belong to another content: only stores that promise ranges are asked, and what they say then is compared
    return file.ranges === 'supported' ? { range } : {};
  }

  /** Pieces are asked for at once, before any answer can be named in a question: so the answers are compared, too. */
  #compare(response: HttpResponse, { file, range }: HttpFile): ReadOutcome | undefined {
    if (response.status !== 200 && response.status !== 206) return undefined;
    const content = contentOf(response);
    const first = this.#contents.get(file);
    // a file that comes whole begins anew
    const isWhole = response.status === 200 && range.end === undefined;
    if (!isWhole && first !== undefined && content !== undefined && content !== first)
      return { kind: 'changed', reason: `'${file.path}' has another content now` };
    if (content !== undefined && (isWhole || first === undefined)) this.#contents.set(file, content);
    return undefined;
  }
}

/** What tells a content from others: a strong ETag, as others do not promise the same bytes, else when it was made. */
function contentOf(response: HttpResponse): string | undefined {
  const tag = response.header('etag');
  return tag?.startsWith('"') === true ? tag : response.header('last-modified');
}

type Judged = ReadOutcome | { readonly kind: 'refused'; readonly error: CaissonError };

function judge(response: HttpResponse, wanted: HttpFile): Judged {
  const { status } = response;
  const { file, shown } = wanted;
  if (status === 206) return judgePart(response, wanted);
  if (status === 404 || status === 410)
    return { kind: 'changed', reason: `'${file.path}' is not there any more` };
  if (status === 412 || status === 416)
    return { kind: 'changed', reason: `'${file.path}' has another content now` };
  if (status !== 200)
    return refused('DOWNLOAD_FAILED', `${shown} answered ${status} for the file '${file.path}'`);
  return judgeWhole(response, wanted);
}

function judgeWhole(response: HttpResponse, { file, range, shown }: HttpFile): Judged {
  if (isForeignPage(response, file))
    return refused(
      'STORE_FAILED',
      `${shown} answered with a web page instead of the file '${file.path}'`,
      'a login page stands in front of it: log in with MLFLOW_TRACKING_TOKEN or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD',
    );
  const length = lengthOf(response);
  if (file.size !== undefined && length !== undefined && length !== file.size)
    return {
      kind: 'changed',
      reason: `'${file.path}' has ${length} bytes instead of the listed ${file.size}`,
    };
  if (range.end !== undefined && range.end !== file.size)
    return refused('DOWNLOAD_FAILED', `${shown} sends the whole of '${file.path}' when a part is asked for`);
  const body = bodyOf(response, length);
  return { kind: 'body', body: range.start === 0 ? body : { ...body, start: 0 } };
}

function judgePart(response: HttpResponse, { file, range, shown }: HttpFile): Judged {
  const [, start, last, total] =
    /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(response.header('content-range') ?? '') ?? [];
  if (start !== String(range.start) || (range.end !== undefined && Number(last) >= range.end))
    return refused(
      'DOWNLOAD_FAILED',
      `${shown} answered with another part of '${file.path}' than was asked for`,
    );
  if (file.size !== undefined && total !== undefined && total !== '*' && Number(total) !== file.size)
    return {
      kind: 'changed',
      reason: `'${file.path}' has ${total} bytes instead of the listed ${file.size}`,
    };
  return { kind: 'body', body: bodyOf(response, lengthOf(response)) };
}

/** MLflow sends files as attachments; what sits in front of it and wants a login sends a page. */
function isForeignPage(response: HttpResponse, { path }: RemoteFile): boolean {
  const isPage = /^text\/html\b/i.test(response.header('content-type') ?? '');
  return isPage && !/\.html?$/i.test(path);
}

function lengthOf(response: HttpResponse): number | undefined {
  const length = response.header('content-length');
  if (length === undefined || response.header('content-encoding') !== undefined) return undefined;
  return /^\d+$/.test(length) ? Number(length) : undefined;
}

function bodyOf({ body }: HttpResponse, length: number | undefined): ArtifactBody {
  return {
    ...(length === undefined ? {} : { length }),
    pieces: () => body.pieces(),
    discard: () => body.discard(),
  };
}

function refused(code: 'DOWNLOAD_FAILED' | 'STORE_FAILED', message: string, hint?: string): Judged {
  return { kind: 'refused', error: new CaissonError(code, message, { hint }) };
}
