import { CaissonError } from '../../src/core/errors.ts';

/** The code of the CaissonError that a call throws; undefined when it throws nothing, and the error itself when it is another. */
export function codeOf(call: () => unknown): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error instanceof CaissonError ? error.code : error;
  }
}

/** The CaissonError that a promise is rejected with. Fails when it is not. */
export async function rejection(promise: Promise<unknown>): Promise<CaissonError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof CaissonError) return outcome;
  throw outcome === undefined ? new TypeError('nothing was thrown') : (outcome as Error);
}

/** The CaissonError that a call throws. Fails when it throws none. */
export function thrownBy(call: () => unknown): CaissonError {
  try {
    call();
  } catch (error) {
    if (error instanceof CaissonError) return error;
    throw error;
  }
  throw new TypeError('nothing was thrown');
}
