import { setTimeout as wait } from 'node:timers/promises';
import { abortReason } from '../core/errors.ts';

export interface RetryPolicy {
  /** How often a request is sent at most, the first time included. */
  readonly attempts: number;
  /** Before the second attempt; doubled for each further one. */
  readonly baseDelayMs: number;
  /** No wait is longer, whatever Retry-After says. */
  readonly maxDelayMs: number;
}

/** The statuses that MLflow's own client takes as temporary (utils/request_utils.py). */
const TEMPORARY = new Set([408, 425, 429, 500, 502, 503, 504]);

export const isTemporaryStatus = (status: number): boolean => TEMPORARY.has(status);

/** Milliseconds to wait after a failed attempt: what the server asked for, else exponential with up to a quarter of jitter. */
export function delayBefore(
  policy: RetryPolicy,
  failed: { readonly attempt: number; readonly retryAfter: string | undefined },
): number {
  return delayAfter(policy, { attempt: failed.attempt, retryAfterMs: retryAfterMs(failed.retryAfter) });
}

/** The same for one who got the wait of the server as a number. */
export function delayAfter(
  policy: RetryPolicy,
  failed: { readonly attempt: number; readonly retryAfterMs: number | undefined },
): number {
  const exponential = policy.baseDelayMs * 2 ** (failed.attempt - 1) * (1 + Math.random() / 4);
  return Math.min(failed.retryAfterMs ?? exponential, policy.maxDelayMs);
}

/** Retry-After is a number of seconds or a date (RFC 9110, 10.2.3). */
export function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** Throws the reason of the signal as soon as it aborts. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch {
    throw abortReason(signal);
  }
}
