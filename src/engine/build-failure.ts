import { CaissonError } from '../core/errors.ts';
import { exitCodeOf, isForeignProgram } from './engine-errors.ts';
import { shortInstruction } from './short-instruction.ts';

/** Lines of a failing step's log that go into the error. */
const TAIL = 20;

/** The last lines of a step's log, however long it is. */
export class LogTail {
  readonly #lines: string[] = [];

  add(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > TAIL) this.#lines.shift();
  }

  get lines(): readonly string[] {
    return this.#lines;
  }
}

export interface FailedStep {
  /** Such as `build 2/5` or `2/9`. */
  readonly position?: string;
  /** The whole instruction, such as `RUN make`. */
  readonly instruction: string;
  readonly tail: readonly string[];
  /** What the builder said. */
  readonly message: string;
}

/** BUILD_FAILED with the step, its command and its last lines; PLATFORM_NOT_RUNNABLE when its command is for another machine. */
export function buildFailure({ position, instruction, tail, message }: FailedStep): CaissonError {
  if (isForeignProgram([message, ...tail].join('\n')))
    return new CaissonError(
      'PLATFORM_NOT_RUNNABLE',
      `the engine cannot run the programs of the image: '${shortInstruction(instruction)}'`,
      { detail: [instruction, message, ...tail].join('\n') },
    );
  const exitCode = exitCodeOf(message);
  const outcome = exitCode === undefined ? '' : ` with exit code ${exitCode}`;
  const where = position === undefined ? '' : ` ${position}`;
  const log =
    tail.length === 0
      ? []
      : ['', `last ${tail.length === 1 ? 'line' : `${tail.length} lines`} of its log:`, ...tail];
  return new CaissonError(
    'BUILD_FAILED',
    `build step${where} failed${outcome}: '${shortInstruction(instruction)}'`,
    {
      detail: [instruction, ...(exitCode === undefined ? [message] : []), ...log].join('\n'),
    },
  );
}

/** BUILD_FAILED when no step can be blamed, such as a Dockerfile that cannot be parsed. */
export function buildFailureWithoutStep(message: string): CaissonError {
  return new CaissonError('BUILD_FAILED', `the build failed: ${message}`);
}
