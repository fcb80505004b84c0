import { withoutUndefined } from '../../core/objects.ts';
import type { ContainerSpec, EngineDescription } from '../../engine/port.ts';
import { noteEmulation } from '../emulation.ts';
import type { Work } from '../ports.ts';
import type { ImageKind } from './labels.ts';
import type { ObtainedImage } from './obtain-image.ts';
import { isLoopbackHost, isOwnNetwork, portsToPublish } from './ports-to-publish.ts';
import type { ContainerRequest } from './request.ts';
import { trackingEnvironment } from './tracking-environment.ts';

export interface PrepareInput {
  readonly request: ContainerRequest;
  readonly image: ObtainedImage;
  readonly kind: ImageKind;
  readonly engine: EngineDescription;
  /** From docker's config.json, weakest of all. */
  readonly proxies: Readonly<Record<string, string>>;
}

/** The container as it will be created; tells what it adds to what the user asked. */
export function prepareContainer(
  { request, image, kind, engine, proxies }: PrepareInput,
  { emit }: Pick<Work, 'emit'>,
): ContainerSpec {
  const tracking =
    kind.modelSource === 'load-at-start'
      ? trackingEnvironment({ given: request.env, ...request.tracking })
      : { env: {}, extraHosts: [] };
  if (tracking.note !== undefined) emit({ type: 'note', message: tracking.note });
  if (tracking.warning !== undefined) emit({ type: 'warning', ...tracking.warning });
  const env = { ...proxies, ...tracking.env, ...request.env };
  const { exposedPorts } = image.description;
  const { networkMode } = request.confinement;
  const ports = isOwnNetwork(networkMode)
    ? portsToPublish({ given: request.ports, env, exposedPorts, isCaisson: kind.isCaisson })
    : [];
  warnOfPorts({ request, engine, networkMode }, emit);
  noteEmulation({ engine, platform: image.description.platform }, { emit });
  return withoutUndefined({
    ...request.confinement,
    image: image.name,
    platform: request.platform,
    command: [],
    env,
    ports,
    volumes: request.volumes,
    labels: { ...request.labels, 'io.caisson.started-by': 'run' },
    // a foreground container is removed by caisson, after its exit code and its last words were read
    atEnd: request.mode === 'detached' ? request.atEnd : 'keep',
    extraHosts: [...new Set([...tracking.extraHosts, ...request.extraHosts])],
  } as const);
}

interface PortsAsked extends Pick<PrepareInput, 'request' | 'engine'> {
  readonly networkMode: string | undefined;
}

function warnOfPorts({ request, engine, networkMode }: PortsAsked, emit: Work['emit']): void {
  if (!isOwnNetwork(networkMode)) {
    if (request.ports.length > 0)
      emit({
        type: 'warning',
        message: `--network ${networkMode ?? ''} publishes no ports: -p does nothing`,
        hint: 'leave out one of the two',
      });
    return;
  }
  if (request.ports.length > 0 || isLoopbackHost(engine.publishedHost)) return;
  const message = `port 5001 is published on the loopback address of ${engine.publishedHost} only`;
  emit({ type: 'warning', message, hint: 'publish it to be reached from here: -p 5001:5001' });
}
