import { abortReason, CaissonError } from '../../core/errors.ts';
import { containerFailure } from './container-failure.ts';
import type { ContainerEnd, ContainerWatch } from './container-watch.ts';
import type { StartReport } from './ready-line.ts';

/** How long a container that said why it fails may take to end, in milliseconds. */
const LAST_WORDS_MS = 5000;
/** How long a container that reports nothing must live to be taken as started, in milliseconds. */
const SETTLE_MS = 1000;

export interface ReadyInput {
  readonly watch: ContainerWatch;
  readonly timeoutMs: number;
  /** The option that gives it more time, as it is typed. */
  readonly timeoutOption: string;
  readonly signal: AbortSignal;
}

export interface ReadyReport {
  readonly port: number;
  readonly loadSeconds?: number;
  /** In the container: the model that the server loaded. */
  readonly modelFolder?: string;
}

/** Until the server reports that it is ready. Throws CONTAINER_FAILED when it ends, fails or takes too long, else the reason of the signal. */
export async function waitUntilReady({
  watch,
  timeoutMs,
  timeoutOption,
  signal,
}: ReadyInput): Promise<ReadyReport> {
  const first = await firstOf<StartReport | Died>({ timeoutMs, signal }, [watch.report, died(watch)]);
  if (first === 'timeout') {
    throw new CaissonError('CONTAINER_FAILED', `the container is not ready after ${timeoutMs / 1000} s`, {
      hint: `give it more time with ${timeoutOption} SECONDS`,
      detail: watch.tail().join('\n'),
    });
  }
  switch (first.kind) {
    case 'ready':
      return first;
    case 'failed':
      throw await failureOf(first.reason, { watch, signal });
    case 'ended':
      throw containerFailure({ end: first.end, watch, phase: 'starting' });
  }
}

/** The server said why; its exit code follows, unless it hangs. */
async function failureOf(
  reason: string,
  { watch, signal }: Pick<ReadyInput, 'watch' | 'signal'>,
): Promise<CaissonError> {
  const last = await firstOf({ timeoutMs: LAST_WORDS_MS, signal }, [died(watch)]);
  if (last !== 'timeout') return containerFailure({ end: last.end, watch, phase: 'starting' });
  const detail = watch.tail().join('\n');
  return new CaissonError('CONTAINER_FAILED', `the container failed: ${reason}`, { detail });
}

/** For an image that reports nothing: it is started when it has lived for a moment. Throws CONTAINER_FAILED when it ends in that time. */
export async function waitUntilSettled({
  watch,
  signal,
}: Pick<ReadyInput, 'watch' | 'signal'>): Promise<void> {
  const first = await firstOf({ timeoutMs: SETTLE_MS, signal }, [died(watch)]);
  if (first !== 'timeout') throw containerFailure({ end: first.end, watch, phase: 'starting' });
}

interface Died {
  readonly kind: 'ended';
  readonly end: ContainerEnd;
}

async function died(watch: ContainerWatch): Promise<Died> {
  return { kind: 'ended', end: await watch.ended };
}

/** The first of the given, or `timeout`; throws the reason of the signal. Leaves no timer and no listener behind. */
async function firstOf<T>(
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
  promises: readonly Promise<T>[],
): Promise<T | 'timeout'> {
  let cleanUp = (): void => undefined;
  const limits = new Promise<'timeout'>((resolve, reject) => {
    const timer = setTimeout(() => resolve('timeout'), timeoutMs);
    const onAbort = (): void => reject(abortReason(signal));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
    cleanUp = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
  });
  try {
    return await Promise.race([...promises, limits]);
  } finally {
    cleanUp();
  }
}
