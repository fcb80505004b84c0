import type { CaissonError } from '../core/errors.ts';
import type { Step } from '../core/events.ts';
import { buildFailure, buildFailureWithoutStep, LogTail } from './build-failure.ts';
import type { BuildNarrator } from './build-narrator.ts';
import { baseFailure } from './engine-errors.ts';
import type { EngineMessage } from './engine-messages.ts';
import { textOf, valueAt } from './json-values.ts';
import { LineSplitter } from './line-splitter.ts';

interface CurrentStep {
  readonly number: number;
  readonly count: number;
  readonly instruction: string;
  readonly tail: LogTail;
}

/** `Step 3/9 : RUN make`; Podman writes `STEP 3/9: RUN make`. */
const STEP = /^step (\d+)\/(\d+) ?: (.*)$/i;
const BUILT = /^Successfully built ([a-f0-9]{12,64})$/;
/** The builder's own remarks, which are no output of the step. */
const REMARK = /^( --->|-->|Removing intermediate container|Successfully (built|tagged)|COMMIT )/;
/** The classic builder paints what a step writes to stderr. */
const PAINT = /\u001b\[(91|0)m/g;

/** Follows a build of the classic builder: one step after the other, told as lines of text. */
export class ClassicNarrator implements BuildNarrator {
  imageId: string | undefined;
  readonly #step: Step;
  readonly #splitter = new LineSplitter();
  #current: CurrentStep | undefined;

  constructor(step: Step) {
    this.#step = step;
  }

  take({ stream, status, id, aux }: EngineMessage): void {
    this.imageId = textOf(valueAt(aux, 'ID')) ?? this.imageId;
    if (stream !== undefined) for (const line of this.#splitter.push(stream)) this.#takeLine(line);
    // A base image that is pulled: one line for a new state, none for every percent.
    if (status !== undefined && id === undefined) this.#step.log(status);
  }

  failure(message: string): CaissonError {
    for (const line of this.#splitter.flush()) this.#takeLine(line);
    if (this.#current === undefined) return buildFailureWithoutStep(message);
    const { number, count, instruction, tail } = this.#current;
    const base = /^FROM\s+(?:--platform=\S+\s+)?(\S+)/i.exec(instruction)?.[1];
    if (base !== undefined) return baseFailure(base, message);
    return buildFailure({ position: `${number}/${count}`, instruction, tail: tail.lines, message });
  }

  #takeLine(painted: string): void {
    const line = painted.replaceAll(PAINT, '');
    const [, number, count, instruction] = STEP.exec(line) ?? [];
    if (number !== undefined && count !== undefined && instruction !== undefined) {
      this.#current = { number: Number(number), count: Number(count), instruction, tail: new LogTail() };
      this.#step.log(line);
      this.#step.progress({
        done: Number(number) - 1,
        total: Number(count),
        unit: 'items',
        note: instruction,
      });
      return;
    }
    this.imageId ??= BUILT.exec(line)?.[1];
    if (line === '' || REMARK.test(line)) {
      if (line.includes('Using cache')) this.#step.log(' CACHED');
      return;
    }
    this.#current?.tail.add(line);
    this.#step.log(line);
  }
}
