import { takeLock } from '../support/lock.mjs';
import { sweepServices } from '../support/services.mjs';

/**
 * Waits until no other run uses the cache folder's engine, and clears away what a killed one left.
 * @param {import('../support/session.mjs').Session} session
 */
export async function becomeTheOnlyRun(session) {
  session.atEnd('release the lock', await takeLock('run', session.signal));
  await sweepServices();
}
