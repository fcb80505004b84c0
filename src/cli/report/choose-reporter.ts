import type { Environment } from '../config/environment.ts';
import { variable } from '../config/variables.ts';
import { createJsonReporter } from './json-reporter.ts';
import { createPlainReporter } from './plain-reporter.ts';
import { createQuietReporter } from './quiet-reporter.ts';
import type { Reporter } from './reporter.ts';
import type { OutputStream } from './terminal.ts';

export type ProgressKind = 'auto' | 'tty' | 'plain' | 'json' | 'quiet';

/** `auto` is tty where somebody watches who can see it move. */
export function resolveProgress(
  kind: ProgressKind,
  stream: Pick<OutputStream, 'isTTY'>,
  environment: Environment,
): Exclude<ProgressKind, 'auto'> {
  if (kind !== 'auto') return kind;
  const isPlain =
    stream.isTTY !== true ||
    variable(environment, 'NO_COLOR') !== undefined ||
    variable(environment, 'CI') !== undefined ||
    variable(environment, 'TERM') === 'dumb';
  return isPlain ? 'plain' : 'tty';
}

/** The spinner is loaded only for those who see it. */
export async function createReporter(
  kind: Exclude<ProgressKind, 'auto'>,
  stream: OutputStream,
): Promise<Reporter> {
  switch (kind) {
    case 'json':
      return createJsonReporter(stream);
    case 'plain':
      return createPlainReporter(stream);
    case 'quiet':
      return createQuietReporter(stream);
    case 'tty':
      return (await import('./tty-reporter.ts')).createTtyReporter(stream);
  }
}
