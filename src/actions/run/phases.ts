import { abortReason } from '../../core/errors.ts';
import { runStep } from '../../core/events.ts';
import type { Work } from '../ports.ts';
import { containerFailure } from '../container/container-failure.ts';
import type { ContainerWatch } from '../container/container-watch.ts';
import type { ImageKind } from './labels.ts';
import { waitUntilReady, waitUntilSettled, type ReadyReport } from '../container/wait-until-ready.ts';

export interface ReadyWait {
  readonly watch: ContainerWatch;
  readonly kind: ImageKind;
  /** What runs instead of the image's own program. */
  readonly entrypoint: string | undefined;
  readonly readyTimeoutMs: number;
  /** Of the container, for images that do not tell. */
  readonly port: number;
}

/** Until the server reports, or, of an image that reports nothing, until it has lived for a moment. */
export async function untilReady(
  { watch, kind, entrypoint, readyTimeoutMs, port }: ReadyWait,
  work: Work,
): Promise<ReadyReport> {
  const { emit, signal } = work;
  if (!kind.isCaisson || entrypoint !== undefined) {
    emit({ type: 'note', message: `${whySilent(kind)}: it cannot tell when it is ready` });
    await waitUntilSettled({ watch, signal });
    return { port };
  }
  return runStep(emit, { step: 'ready', title: 'waiting until the model is loaded' }, async (step) => {
    const report = await waitUntilReady({
      watch,
      timeoutMs: readyTimeoutMs,
      timeoutOption: '--ready-timeout',
      signal,
    });
    if (report.loadSeconds !== undefined) step.note(`loaded in ${report.loadSeconds.toFixed(1)} s`);
    return report;
  });
}

const whySilent = ({ isCaisson }: ImageKind): string =>
  isCaisson ? '--entrypoint takes the place of the server' : 'caisson did not build this image';

/**
 * Follows a foreground container. An end without an error is an end, also when the engine killed one of its processes for want of memory
 * meanwhile: the server replaced it. The signal's reason is thrown.
 */
export async function untilEnd(watch: ContainerWatch, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(abortReason(signal));
    signal.addEventListener('abort', () => reject(abortReason(signal)), { once: true });
  });
  const end = await Promise.race([watch.ended, aborted]);
  if (end.exitCode !== 0) throw containerFailure({ end, watch, phase: 'serving' });
}
