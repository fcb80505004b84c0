import { abortReason, CaissonError } from '../core/errors.ts';

export interface ProgramRun {
  /** Looked for on the PATH; started without a shell. */
  readonly program: string;
  readonly argv: readonly string[];
  readonly signal: AbortSignal;
  /** Every line of stdout and stderr. */
  readonly onLine: (line: string) => void;
}

export interface ProgramResult {
  /** undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  /** The last lines that it printed. */
  readonly tail: string;
}

const TAIL_LINES = 20;

/**
 * Runs a program of this machine with caisson's own environment and without input, to its end. Throws PROGRAM_MISSING, INTERNAL (it cannot
 * be started), and the reason of the signal.
 */
export async function runProgram({ program, argv, signal, onLine }: ProgramRun): Promise<ProgramResult> {
  const { execa } = await import('execa');
  const tail: string[] = [];
  const child = execa(program, argv, {
    all: true,
    buffer: false,
    cancelSignal: signal,
    reject: false,
    stdin: 'ignore',
  });
  for await (const line of child.iterable({ from: 'all' })) {
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
    onLine(line);
  }
  const result = await child;
  if (signal.aborted) throw abortReason(signal);
  if (result.code === 'ENOENT')
    throw new CaissonError('PROGRAM_MISSING', `the program '${program}' is not on the PATH`);
  if (result.code !== undefined && result.exitCode === undefined)
    throw new CaissonError('INTERNAL', `'${program}' cannot be started: ${result.code}`, {
      cause: result.cause,
    });
  return { exitCode: result.exitCode, tail: tail.join('\n') };
}
