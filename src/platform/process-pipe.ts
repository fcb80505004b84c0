import type { Readable, Writable } from 'node:stream';
import { CaissonError } from '../core/errors.ts';

export interface PipedRun {
  /** Looked for on the PATH; started without a shell. */
  readonly program: string;
  readonly argv: readonly string[];
  /** Beside caisson's own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that is spoken with over its stdin and stdout. */
export interface PipedProgram {
  readonly input: Writable;
  readonly output: Readable;
  /** Settles when it has ended, with the last of what it printed on stderr. Throws PROGRAM_MISSING and INTERNAL (it cannot be started). */
  readonly ended: Promise<string>;
  stop(): void;
}

const MAX_STDERR = 16 * 1024;
/** What a program that was told to stop gets before it is killed. */
const GRACE_MS = 2000;

/** Starts a program. */
export async function startPiped({ program, argv, env = {} }: PipedRun): Promise<PipedProgram> {
  const { execa } = await import('execa');
  const child = execa(program, argv, {
    env,
    buffer: false,
    encoding: 'buffer',
    forceKillAfterDelay: GRACE_MS,
    reject: false,
    stdin: 'pipe',
  });
  let tail = '';
  child.stderr.on('data', (bytes: Buffer) => {
    tail = (tail + bytes.toString('utf8')).slice(-MAX_STDERR);
  });
  // a program that ended early breaks both; `ended` tells why
  for (const stream of [child.stdin, child.stdout]) stream.on('error', () => undefined);
  const ended = child.then((result) => {
    if (result.code === 'ENOENT')
      throw new CaissonError('PROGRAM_MISSING', `the program '${program}' is not on the PATH`);
    if (result.code !== undefined && result.exitCode === undefined && result.signal === undefined)
      throw new CaissonError('INTERNAL', `'${program}' cannot be started: ${result.code}`);
    return tail;
  });
  ended.catch(() => undefined);
  return { input: child.stdin, output: child.stdout, ended, stop: () => void child.kill() };
}
