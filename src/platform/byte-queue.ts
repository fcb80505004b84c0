/** Bytes that may wait to be read before the sender is made to wait. */
const MAX_WAITING = 256 * 1024;

/** Between one who is given bytes when they come, and one who reads them when it likes. */
export class ByteQueue {
  readonly #onEmpty: () => void;
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #state: 'open' | 'whole' | 'failed' = 'open';
  #error: unknown;
  #wake: () => void = () => undefined;

  /** @param onEmpty called when the reader has taken everything, so that the sender may go on */
  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty;
  }

  get state(): 'open' | 'whole' | 'failed' {
    return this.#state;
  }

  /** The next bytes; undefined after the last. Rejects with the failure when what came before it is read. */
  async read(): Promise<Uint8Array | undefined> {
    while (this.#waiting.length === 0 && this.#state === 'open')
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const bytes = this.#waiting.shift();
    if (bytes === undefined && this.#state === 'failed') throw this.#error;
    this.#waitingBytes -= bytes?.byteLength ?? 0;
    if (this.#waiting.length === 0 && this.#state === 'open') this.#onEmpty();
    return bytes;
  }

  /** Whether the sender may go on at once. */
  push(bytes: Uint8Array): boolean {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.byteLength;
    this.#wake();
    return this.#waitingBytes < MAX_WAITING;
  }

  end(): void {
    this.#close('whole');
  }

  fail(error: unknown): void {
    if (this.#state === 'open') this.#error = error;
    this.#close('failed');
  }

  #close(state: 'whole' | 'failed'): void {
    if (this.#state === 'open') this.#state = state;
    this.#wake();
  }
}
