import type { Progress } from '../core/events.ts';
import type { EngineMessage } from './engine-messages.ts';

interface Layer {
  readonly done: number;
  readonly total: number;
}

/** States in which a layer has nothing left to transfer. */
const FINISHED = /^(Pushed|Pull complete|Download complete|Layer already exists|Already exists|Mounted from)/;
/** States whose numbers are bytes over the network; extracting counts the same bytes a second time. */
const TRANSFERRING = /^(Pushing|Downloading)$/;

/** Sums the progress of layers that are transferred side by side. */
export class LayerProgress {
  readonly #layers = new Map<string, Layer>();

  /** The sum after this message, or undefined when it changes nothing. */
  take({ id, status, current, total }: EngineMessage): Progress | undefined {
    if (id === undefined || status === undefined) return undefined;
    const known = this.#layers.get(id);
    if (FINISHED.test(status)) {
      if (known === undefined || known.done === known.total) return undefined;
      this.#layers.set(id, { done: known.total, total: known.total });
    } else if (TRANSFERRING.test(status) && current !== undefined) {
      // A compressed layer may turn out larger than announced; the whole must never be smaller than its part.
      const whole = Math.max(total ?? 0, known?.total ?? 0, current);
      this.#layers.set(id, { done: current, total: whole });
    } else {
      return undefined;
    }
    return this.#sum();
  }

  #sum(): Progress {
    let done = 0;
    let total = 0;
    for (const layer of this.#layers.values()) {
      done += layer.done;
      total += layer.total;
    }
    return { done, total, unit: 'bytes' };
  }
}
