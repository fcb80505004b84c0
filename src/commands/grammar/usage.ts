import { CaissonError } from '../../core/errors.ts';

/** A USAGE error; the hint says how it is written. */
export function usage(message: string, hint?: string): CaissonError {
  return new CaissonError('USAGE', message, { hint });
}
