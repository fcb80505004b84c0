import type { ArtifactBody, ArtifactPiece } from '../artifacts/port.ts';
import type { SlowPolicy } from './policy.ts';

/**
 * Gives up on a body that trickles or falls silent. Only the time that is spent waiting for bytes counts, so that a slow disk is not taken
 * for a slow store.
 */
export class SlowWatch {
  readonly #policy: SlowPolicy;
  readonly #controller = new AbortController();
  readonly #parent: AbortSignal;
  // cheaper than AbortSignal.any, for each of many files
  readonly #onParentAbort = (): void => this.#controller.abort(this.#parent.reason);
  /** Ends the wait as well: what is read with it stops. */
  readonly signal: AbortSignal;

  constructor(policy: SlowPolicy, parent: AbortSignal) {
    this.#policy = policy;
    this.#parent = parent;
    this.signal = this.#controller.signal;
    parent.addEventListener('abort', this.#onParentAbort);
    if (parent.aborted) this.#onParentAbort();
  }

  /** When the body is read, or was not opened. */
  end(): void {
    this.#parent.removeEventListener('abort', this.#onParentAbort);
  }

  /** The pieces of a body that was opened with `signal`; a `broken` one when it is too slow. */
  async *pieces(body: ArtifactBody): AsyncGenerator<ArtifactPiece, void, undefined> {
    const { windowMs, bytesPerSecond } = this.#policy;
    const least = (bytesPerSecond * windowMs) / 1000;
    let [asked, waited, received, isWaiting] = [performance.now(), 0, 0, true];
    const timer = setTimeout(() => {
      if (isWaiting) this.#controller.abort();
    }, windowMs);
    try {
      for await (const piece of body.pieces()) {
        isWaiting = false;
        waited += performance.now() - asked;
        if (piece.kind === 'bytes') received += piece.bytes.byteLength;
        yield piece;
        if (waited >= windowMs) {
          if (received < least) return yield this.#tooSlow(received, waited);
          [waited, received] = [0, 0];
        }
        [asked, isWaiting] = [performance.now(), true];
        timer.refresh();
      }
    } catch (error) {
      if (this.#parent.aborted || !this.#controller.signal.aborted) throw error;
      yield this.#tooSlow(received, waited + windowMs);
    } finally {
      clearTimeout(timer);
    }
  }

  #tooSlow(received: number, waited: number): ArtifactPiece {
    const reason = `${received === 0 ? 'nothing' : `only ${received} bytes`} came in ${Math.round(waited / 1000)} s`;
    return { kind: 'broken', reason };
  }
}
