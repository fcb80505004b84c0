import { CaissonError, isCaissonError } from '../core/errors.ts';

/** A program or a group of commands, called by `words`, without what is to be done. */
export function noCommand(words: string): CaissonError {
  return new CaissonError('USAGE', 'no command is given', { hint: `${words} --help lists the commands` });
}

/** What commander says about a command line, as an error of caisson: one place, one exit code. Anything else is a bug. */
export function usageError(error: { readonly code?: unknown; readonly message: string }): CaissonError {
  if (isCaissonError(error)) return error;
  if (typeof error.code !== 'string' || !error.code.startsWith('commander.'))
    return new CaissonError('INTERNAL', error.message, { cause: error });
  const [first = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const wanted = /^\(Did you mean (.*)\?\)$/.exec(suggestion ?? '')?.[1];
  const hint = wanted === undefined ? undefined : `did you mean ${wanted}?`;
  return new CaissonError('USAGE', first, { hint, cause: error });
}
