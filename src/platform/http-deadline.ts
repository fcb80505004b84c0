/**
 * Aborts work that makes no progress: every `touch` starts the time anew, so that a large download may take as
 * long as it needs while a dead connection is noticed. Follows a parent signal too.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #idleMs: number;
  readonly #parent: AbortSignal;
  readonly #onParentAbort = (): void => this.#controller.abort(this.#parent.reason);
  readonly #timer: NodeJS.Timeout;
  #expired = false;
  #ended = false;

  constructor(idleMs: number, parent: AbortSignal) {
    this.#idleMs = idleMs;
    this.#parent = parent;
    parent.addEventListener('abort', this.#onParentAbort, { once: true });
    if (parent.aborted) this.#onParentAbort();
    this.#timer = this.#start();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** True when the time ran out; false when the parent aborted. */
  get expired(): boolean {
    return this.#expired;
  }

  get parent(): AbortSignal {
    return this.#parent;
  }

  get reason(): string {
    return `nothing came for ${Math.round(this.#idleMs / 1000)} s`;
  }

  touch(): void {
    // a timer that was cleared would run again
    if (!this.#ended) this.#timer.refresh();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#parent.removeEventListener('abort', this.#onParentAbort);
  }

  #start(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#expired = true;
      this.#controller.abort();
    }, this.#idleMs);
  }
}
