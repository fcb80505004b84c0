import { abortReason, CaissonError, isCaissonError } from '../../core/errors.ts';
import { delayBefore, isTemporaryStatus, retryAfterMs, sleep } from '../../platform/http-retry.ts';
import type { ReadOutcome } from './port.ts';

/** What went wrong at a store, in words that are the same for all of them. */
export type Trouble =
  | { readonly kind: 'temporary'; readonly reason: string; readonly retryAfterMs?: number }
  /** The bucket or the file is not there. */
  | { readonly kind: 'missing'; readonly reason: string }
  /** The file has another version than the one asked for. */
  | { readonly kind: 'changed'; readonly reason: string }
  | { readonly kind: 'denied'; readonly reason: string; readonly hint?: string }
  | { readonly kind: 'unreachable'; readonly reason: string; readonly hint?: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly hint?: string };

/** What a store's answer says of a failure. Absent parts are not known. */
export interface FailedAnswer {
  readonly status?: number;
  /** The store's own word, such as NoSuchKey. */
  readonly word?: string;
  /** The text of the store or of the system; it may be long, and hold no secret. */
  readonly text: string;
  readonly retryAfter?: string;
  /** Of the system, such as ECONNRESET. */
  readonly systemCode?: string;
}

const RESET_CODES = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

const REFUSALS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'the host name is not known',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
};

/** Codes of OpenSSL for a certificate that is not trusted. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/;

/** The kind of trouble that statuses and codes stand for, the same in every store. */
export function troubleOf(answer: FailedAnswer): Trouble {
  const { status, systemCode } = answer;
  const reason = reasonOf(answer);
  if (status !== undefined) return troubleOfStatus(answer, reason);
  if (systemCode === undefined) return { kind: 'failed', reason };
  if (RESET_CODES.has(systemCode)) return { kind: 'temporary', reason };
  const refusal = REFUSALS[systemCode];
  if (refusal !== undefined) return { kind: 'unreachable', reason: refusal };
  if (CERTIFICATE.test(systemCode))
    return {
      kind: 'unreachable',
      reason: `its certificate is not trusted (${systemCode})`,
      hint: 'name the CA bundle of your network in NODE_EXTRA_CA_CERTS (for S3: AWS_CA_BUNDLE)',
    };
  return { kind: 'failed', reason };
}

function troubleOfStatus({ status = 0, retryAfter }: FailedAnswer, reason: string): Trouble {
  if (status === 401 || status === 403) return { kind: 'denied', reason };
  if (status === 404) return { kind: 'missing', reason };
  if (status === 412) return { kind: 'changed', reason };
  if (!isTemporaryStatus(status)) return { kind: 'failed', reason };
  const wait = retryAfterMs(retryAfter);
  return { kind: 'temporary', reason, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
}

/** One line: `503 SlowDown: Please reduce your request rate`. */
function reasonOf({ status, word, text }: FailedAnswer): string {
  const line = (text.split('\n', 1)[0] ?? '').slice(0, 300).replace(/\p{Cc}/gu, '\uFFFD');
  const head = [status, word].filter((part) => part !== undefined && part !== '').join(' ');
  return [head, line.includes('<') || line === word ? '' : line].filter((part) => part !== '').join(': ');
}

/** The system's code of an error or of what caused it. */
export function systemCodeOf(error: unknown): string | undefined {
  for (let current: unknown = error, depth = 0; depth < 4; depth += 1) {
    if (typeof current !== 'object' || current === null) return undefined;
    if ('code' in current && typeof current.code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(current.code))
      return current.code;
    current = 'cause' in current ? current.cause : undefined;
  }
  return undefined;
}

const CODES = {
  temporary: 'STORE_UNREACHABLE',
  missing: 'STORE_FAILED',
  changed: 'STORE_FAILED',
  denied: 'STORE_DENIED',
  unreachable: 'STORE_UNREACHABLE',
  failed: 'STORE_FAILED',
} as const;

const VERBS = {
  temporary: 'does not answer',
  missing: 'does not exist',
  changed: 'changed meanwhile',
  denied: 'refuses to be read',
  unreachable: 'cannot be reached',
  failed: 'cannot be read',
} as const;

/** The error that ends the work. @param subject what cannot be read, such as `the bucket 's3://models'` */
export function storeError(subject: string, trouble: Trouble, cause?: unknown): CaissonError {
  const given = 'hint' in trouble ? trouble.hint : undefined;
  return new CaissonError(
    CODES[trouble.kind],
    `${subject} ${VERBS[trouble.kind]}${trouble.reason === '' ? '' : `: ${trouble.reason}`}`,
    { cause, hint: given ?? DEFAULT_HINTS[trouble.kind] },
  );
}

/** The table's hints speak of the tracking server. */
const DEFAULT_HINTS: Readonly<Record<Trouble['kind'], string>> = {
  temporary: 'try again later',
  missing: 'check the URI of the model',
  changed: 'run again when nothing writes to it',
  denied: 'check the credentials of the store',
  unreachable: 'check the address of the store, and the network',
  failed: 'check the URI of the model, and the settings of its store',
};

/** What became of opening a file: an outcome where another attempt or another listing helps, else the error. */
export function readOutcome(subject: string, trouble: Trouble, cause?: unknown): ReadOutcome {
  if (trouble.kind === 'temporary') return trouble;
  // what is gone now was there when it was listed
  if (trouble.kind === 'changed' || trouble.kind === 'missing')
    return { kind: 'changed', reason: trouble.reason };
  throw storeError(subject, trouble, cause);
}

export interface Asking<T> {
  readonly subject: string;
  readonly signal: AbortSignal;
  readonly ask: () => Promise<T>;
  /** Reads an error of `ask`. */
  readonly explain: (error: unknown) => Trouble;
}

/** A listing has no outcome to hand back, so it is repeated here. */
const LISTING_RETRY = { attempts: 5, baseDelayMs: 500, maxDelayMs: 30_000 };

/** Asks again while the trouble is temporary. Throws what `storeError` makes, and the reason of the signal. */
export async function askPatiently<T>({ subject, signal, ask, explain }: Asking<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted) throw abortReason(signal);
      if (isCaissonError(error)) throw error;
      const trouble = explain(error);
      if (trouble.kind !== 'temporary' || attempt >= LISTING_RETRY.attempts)
        throw storeError(subject, trouble, error);
      const wait = delayBefore(LISTING_RETRY, { attempt, retryAfter: undefined });
      await sleep(Math.min(trouble.retryAfterMs ?? wait, LISTING_RETRY.maxDelayMs), signal);
    }
  }
}
