import { abortReason, throwIfAborted } from '../core/errors.ts';
import { runStep } from '../core/events.ts';
import { parseImageReference } from '../model/image-reference.ts';
import type { Work } from './ports.ts';
import { describeServed } from './run/announce.ts';
import { containerFailure } from './run/container-failure.ts';
import { watchContainer, type ContainerWatch } from './run/container-watch.ts';
import { readImageKind, type ImageKind } from './run/labels.ts';
import { letGo, type LettingGo } from './run/let-go.ts';
import { obtainImage, type ObtainedImage } from './run/obtain-image.ts';
import { prepareContainer } from './run/prepare-container.ts';
import type { RunPorts, RunRequest } from './run/request.ts';
import { waitUntilReady, waitUntilSettled, type ReadyReport } from './run/wait-until-ready.ts';

/**
 * image (built or pulled when needed) → container → ready → announced; then, in the foreground, its log until it ends.
 * Throws CONTAINER_FAILED when it ends with an error, PORT_IN_USE, NAME_IN_USE, what build and pull throw, and the reason of the signal.
 */
export async function run(request: RunRequest, ports: RunPorts, work: Work): Promise<void> {
  const engine = await ports.engine.describe();
  const image = await imageOf(request.target, ports, work);
  const kind = readImageKind(image.description);
  const proxies = await ports.dockerConfig.proxyVariables(engine.address);
  const spec = prepareContainer({ request: request.container, image, kind, engine, proxies }, work);
  throwIfAborted(work.signal);
  const container = await runStep(work.emit, { step: 'start', title: `starting ${image.name}` }, () =>
    ports.engine.start(spec),
  );
  const following = new AbortController();
  const { mode, readyTimeoutMs } = request.container;
  let phase: LettingGo['phase'] = 'starting';
  let isLeftRunning = false;
  try {
    const watch = watchContainer({ container, emit: work.emit, signal: following.signal });
    const report = await ready(
      { watch, kind, readyTimeoutMs, port: spec.ports[0]?.containerPort ?? 0 },
      work,
    );
    phase = 'serving';
    const { publishedHost } = engine;
    const served = await describeServed({ container, image: image.name, kind, publishedHost, report }, work);
    throwIfAborted(work.signal);
    ports.announce(served);
    isLeftRunning = mode === 'detached';
    if (mode === 'foreground') await untilEnd(watch, work.signal);
  } finally {
    if (!isLeftRunning) await letGo(container, { phase, afterStop: request.container.afterStop }, work);
    following.abort();
  }
}

async function imageOf(target: RunRequest['target'], ports: RunPorts, work: Work): Promise<ObtainedImage> {
  if (target.kind === 'image') return obtainImage(target.image, ports, work);
  const { buildImage } = await import('./build-image.ts');
  const { images, imageId } = await buildImage(target.build, await ports.buildPorts(), work);
  const reference = parseImageReference(images[0]?.reference ?? imageId);
  return obtainImage({ reference, pull: 'never' }, ports, work);
}

interface ReadyWait {
  readonly watch: ContainerWatch;
  readonly kind: ImageKind;
  readonly readyTimeoutMs: number;
  /** Of the container, for images that do not tell. */
  readonly port: number;
}

async function ready({ watch, kind, readyTimeoutMs, port }: ReadyWait, work: Work): Promise<ReadyReport> {
  const { emit, signal } = work;
  if (!kind.isCaisson) {
    emit({ type: 'note', message: 'caisson did not build this image: it cannot tell when it is ready' });
    await waitUntilSettled({ watch, signal });
    return { port };
  }
  return runStep(emit, { step: 'ready', title: 'waiting until the model is loaded' }, async (step) => {
    const report = await waitUntilReady({ watch, timeoutMs: readyTimeoutMs, signal });
    if (report.loadSeconds !== undefined) step.note(`loaded in ${report.loadSeconds.toFixed(1)} s`);
    return report;
  });
}

/** Follows a foreground container. An end without an error is an end; the signal's reason is thrown. */
async function untilEnd(watch: ContainerWatch, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(abortReason(signal));
    signal.addEventListener('abort', () => reject(abortReason(signal)), { once: true });
  });
  const end = await Promise.race([watch.ended, aborted]);
  if (end.exitCode !== 0 || end.outOfMemory) throw containerFailure({ end, watch, phase: 'serving' });
}
