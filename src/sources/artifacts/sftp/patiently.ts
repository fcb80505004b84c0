import { unlessAborted, withPatience } from '../stream-body.ts';

/** A request of a session, which takes no signal: it is not waited for any more when the signal aborts, or when no answer comes. */
export function patiently<T>(parent: AbortSignal, ask: () => Promise<T>): Promise<T> {
  return withPatience(parent, (signal) => unlessAborted(ask(), signal));
}
