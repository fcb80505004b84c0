import type { Dispatcher } from 'undici';
import { messageOf } from '../core/errors.ts';
import { ByteQueue } from './byte-queue.ts';

/** Bytes of an answer as they come. */
export interface ByteSource {
  /** The next bytes; undefined after the last. Rejects when the connection breaks or the signal aborts. */
  read(): Promise<Uint8Array | undefined>;
  /** Everything has come, although perhaps not been read. */
  readonly isWhole: boolean;
  /** Lets go of the connection, unless everything has come. */
  cancel(): void;
}

export interface AnswerHead {
  readonly status: number;
  /** By name in lower case; what came several times is joined by commas. */
  readonly headers: ReadonlyMap<string, string>;
}

/**
 * One request on its way, and its answer. It is undici's own handler and not its fetch: the web streams of that one take as much time as
 * everything else together, for a model of many files.
 */
export class Exchange implements Dispatcher.DispatchHandlers, ByteSource {
  /** Rejects when there is no answer. */
  readonly head: Promise<AnswerHead>;
  readonly #signal: AbortSignal;
  readonly #bytes = new ByteQueue(() => this.#resume());
  /** Known before there is a connection that could be let go. */
  #failure: Error | undefined;
  #abort: (error: Error) => void = () => undefined;
  #resume: () => void = () => undefined;
  #resolveHead: (head: AnswerHead) => void = () => undefined;
  #rejectHead: (error: Error) => void = () => undefined;
  readonly #onAbort = (): void => this.#fail(new Error(messageOf(this.#signal.reason)));

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.head = new Promise((resolve, reject) => {
      [this.#resolveHead, this.#rejectHead] = [resolve, reject];
    });
    // whoever sends hears it by awaiting; one that fails on the way there must not count as unhandled
    this.head.catch(() => undefined);
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  get isWhole(): boolean {
    return this.#bytes.state === 'whole';
  }

  read(): Promise<Uint8Array | undefined> {
    return this.#bytes.read();
  }

  cancel(): void {
    if (this.#bytes.state === 'open') this.#fail(new Error('not wanted any more'));
  }

  /** Called by undici when the request has a connection. */
  onConnect(abort: (error?: Error) => void): void {
    this.#abort = abort;
    if (this.#failure !== undefined) abort(this.#failure);
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    if (status < 200) return true;
    this.#resume = resume;
    this.#resolveHead({ status, headers: parseHeaders(raw) });
    return true;
  }

  onData(bytes: Buffer): boolean {
    return this.#bytes.push(bytes);
  }

  onComplete(): void {
    this.#bytes.end();
    this.#leave();
  }

  onError(error: Error): void {
    this.#failure ??= error;
    this.#rejectHead(error);
    this.#bytes.fail(error);
    this.#leave();
  }

  #fail(error: Error): void {
    this.onError(error);
    this.#abort(error);
  }

  #leave(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}

/** Names and values in turn, as they came. */
function parseHeaders(raw: readonly Buffer[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]?.toString('latin1').toLowerCase() ?? '';
    const value = raw[index + 1]?.toString('latin1') ?? '';
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}
