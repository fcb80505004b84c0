import type { Dispatcher } from 'undici';
import { messageOf } from '../core/errors.ts';

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

/** Bytes that may wait to be read before the server is made to wait. */
const MAX_WAITING = 256 * 1024;

/**
 * One request on its way, and its answer. It is undici's own handler and not its fetch: the web streams of that one take as much time as
 * everything else together, for a model of many files.
 */
export class Exchange implements Dispatcher.DispatchHandlers, ByteSource {
  /** Rejects when there is no answer. */
  readonly head: Promise<AnswerHead>;
  readonly #signal: AbortSignal;
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #state: 'open' | 'whole' | 'failed' = 'open';
  #error: Error | undefined;
  #abort: (error: Error) => void = () => undefined;
  #resume: () => void = () => undefined;
  #wake: () => void = () => undefined;
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
    return this.#state === 'whole';
  }

  async read(): Promise<Uint8Array | undefined> {
    while (this.#waiting.length === 0 && this.#state === 'open')
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    if (this.#error !== undefined) throw this.#error;
    const bytes = this.#waiting.shift();
    this.#waitingBytes -= bytes?.byteLength ?? 0;
    if (this.#waiting.length === 0 && this.#state === 'open') this.#resume();
    return bytes;
  }

  cancel(): void {
    if (this.#state === 'open') this.#fail(new Error('not wanted any more'));
  }

  /** Called by undici when the request has a connection. */
  onConnect(abort: (error?: Error) => void): void {
    this.#abort = abort;
    if (this.#error !== undefined) abort(this.#error);
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    if (status < 200) return true;
    this.#resume = resume;
    this.#resolveHead({ status, headers: parseHeaders(raw) });
    return true;
  }

  onData(bytes: Buffer): boolean {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.byteLength;
    this.#wake();
    return this.#waitingBytes < MAX_WAITING;
  }

  onComplete(): void {
    this.#end('whole');
  }

  onError(error: Error): void {
    this.#error ??= error;
    this.#rejectHead(this.#error);
    this.#end('failed');
  }

  #fail(error: Error): void {
    this.onError(error);
    this.#abort(error);
  }

  #end(state: 'whole' | 'failed'): void {
    if (this.#state !== 'open') return;
    this.#state = state;
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#wake();
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
