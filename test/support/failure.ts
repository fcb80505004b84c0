import { isCaissonError, type CaissonError } from '../../src/core/errors.ts';

/** The CaissonError that the work ends with; anything else, success included, fails the test. */
export async function failureOf(work: Promise<unknown> | (() => unknown)): Promise<CaissonError> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (isCaissonError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
