import { throwIfAborted } from '../core/errors.ts';
import { runStep } from '../core/events.ts';
import type { Work } from './ports.ts';
import { describeServed } from './run/announce.ts';
import { watchContainer } from './container/container-watch.ts';
import { readImageKind } from './run/labels.ts';
import { letGo, type LettingGo } from './container/let-go.ts';
import { dockerRunLine } from './run/docker-run-line.ts';
import { imageOfTarget } from './run/image-of-target.ts';
import { prepareContainer } from './run/prepare-container.ts';
import type { RunPorts, RunRequest } from './run/request.ts';
import { untilEnd, untilReady } from './run/phases.ts';

/**
 * image (built or pulled when needed) → container → ready → announced; then, in the foreground, its log until it ends.
 * Throws CONTAINER_FAILED when it ends with an error, PORT_IN_USE, NAME_IN_USE, what build and pull throw, and the reason of the signal.
 */
export async function run(request: RunRequest, ports: RunPorts, work: Work): Promise<void> {
  const engine = await ports.engine.describe();
  const image = await imageOfTarget(request.target, ports, work);
  const kind = readImageKind(image.description);
  const proxies = await ports.dockerConfig.proxyVariables(engine.address);
  const spec = prepareContainer({ request: request.container, image, kind, engine, proxies }, work);
  throwIfAborted(work.signal);
  const container = await runStep(work.emit, { step: 'start', title: `starting ${image.name}` }, (step) => {
    step.log(dockerRunLine(spec));
    return ports.engine.start(spec);
  });
  const following = new AbortController();
  const { mode, readyTimeoutMs } = request.container;
  let phase: LettingGo['phase'] = 'starting';
  let isLeftRunning = false;
  try {
    const watch = watchContainer({ container, emit: work.emit, signal: following.signal });
    const report = await untilReady(
      { watch, kind, entrypoint: spec.entrypoint, readyTimeoutMs, port: spec.ports[0]?.containerPort ?? 0 },
      work,
    );
    phase = 'serving';
    const where = { publishedHost: engine.publishedHost, networkMode: spec.networkMode };
    const served = await describeServed({ container, image: image.name, kind, report, ...where }, work);
    throwIfAborted(work.signal);
    ports.announce(served);
    isLeftRunning = mode === 'detached';
    if (mode === 'foreground') await untilEnd(watch, work.signal);
  } finally {
    if (!isLeftRunning) await letGo(container, { phase, afterStop: request.container.afterStop }, work);
    following.abort();
  }
}
