import { CaissonError } from '../core/errors.ts';

/** What commander says about a command line, as an error of caisson: one place, one exit code. Anything else is a bug. */
export function usageError(error: { readonly code?: unknown; readonly message: string }): CaissonError {
  if (typeof error.code !== 'string' || !error.code.startsWith('commander.'))
    return new CaissonError('INTERNAL', error.message, { cause: error });
  if (error.code === 'commander.help')
    return new CaissonError('USAGE', 'no command is given', { hint: 'caisson --help lists the commands' });
  const [first = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const wanted = /^\(Did you mean (.*)\?\)$/.exec(suggestion ?? '')?.[1];
  const hint = wanted === undefined ? undefined : `did you mean ${wanted}?`;
  return new CaissonError('USAGE', first, { hint, cause: error });
}
