import { withoutUndefined } from '../core/objects.ts';
import { isRecord, textOf } from './json-values.ts';
import type { ContainerLimits, GpuRequest, RestartPolicy } from './container-limits.ts';
import type { ContainerSpec, PortBinding, Protocol } from './port.ts';

/** The body of a create call. */
export function createBody(spec: ContainerSpec): object {
  return {
    Image: spec.image,
    // An empty list would mean: no command at all, also not the image's own.
    ...(spec.command.length === 0 ? {} : { Cmd: spec.command }),
    ...(spec.entrypoint === undefined ? {} : { Entrypoint: [spec.entrypoint] }),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    Labels: spec.labels,
    ExposedPorts: Object.fromEntries(spec.ports.map((port) => [portKey(port), {}])),
    HostConfig: {
      PortBindings: bindingsOf(spec.ports),
      Binds: spec.volumes,
      ExtraHosts: spec.extraHosts,
      AutoRemove: spec.atEnd === 'remove',
      ...confinementOf(spec),
      ...limitsOf(spec.limits ?? {}),
      ...(spec.gpus === undefined ? {} : { DeviceRequests: [deviceRequest(spec.gpus)] }),
      ...(spec.restart === undefined ? {} : { RestartPolicy: restartPolicy(spec.restart) }),
    },
  };
}

/** What the engine's defaults would allow, taken away; nothing is said where nothing was asked. */
function confinementOf(spec: ContainerSpec): object {
  return withoutUndefined({
    NetworkMode: spec.networkMode,
    ReadonlyRootfs: spec.rootFileSystem === 'read-only' ? true : undefined,
    Tmpfs: spec.tmpfs,
    CapAdd: spec.capAdd,
    CapDrop: spec.capDrop,
    SecurityOpt: spec.securityOptions,
  });
}

function limitsOf(limits: ContainerLimits): object {
  return withoutUndefined({
    Memory: limits.memoryBytes,
    MemorySwap: limits.memorySwapBytes,
    NanoCpus: limits.nanoCpus,
    CpusetCpus: limits.cpuset,
    PidsLimit: limits.pids,
    ShmSize: limits.shmBytes,
    Ulimits: limits.ulimits?.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
  });
}

/** As the client of docker asks for GPUs: by number or by id, never both. */
const deviceRequest = ({ driver, count, deviceIds, capabilities }: GpuRequest): object => ({
  Driver: driver ?? '',
  Count: count ?? 0,
  DeviceIDs: deviceIds ?? null,
  Capabilities: [capabilities],
  Options: {},
});

const restartPolicy = ({ name, maximumRetries = 0 }: RestartPolicy): object => ({
  Name: name,
  MaximumRetryCount: maximumRetries,
});

function portKey({ containerPort, protocol }: PortBinding): string {
  return `${containerPort}/${protocol}`;
}

function bindingsOf(ports: readonly PortBinding[]): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const port of ports) {
    (bindings[portKey(port)] ??= []).push({ HostIp: port.hostAddress, HostPort: hostPortOf(port) });
  }
  return bindings;
}

function hostPortOf({ hostPort, lastHostPort }: PortBinding): string {
  if (lastHostPort !== undefined) return `${hostPort}-${lastHostPort}`;
  return hostPort === 0 ? '' : `${hostPort}`;
}

/**
 * The ports of an inspected container as the engine published them, from NetworkSettings.Ports. "All addresses" is
 * told twice, for IPv4 and IPv6: one binding without an address stands for both.
 */
export function publishedPorts(ports: unknown): readonly PortBinding[] {
  const bindings = new Map<string, PortBinding>();
  for (const [key, hosts] of Object.entries(isRecord(ports) ? ports : {})) {
    const [containerPort, protocol] = key.split('/');
    for (const host of Array.isArray(hosts) ? hosts : []) {
      const binding = {
        hostAddress: addressOf(host),
        hostPort: Number(isRecord(host) ? textOf(host['HostPort']) : 0),
        containerPort: Number(containerPort),
        protocol: protocolOf(protocol),
      } as const;
      bindings.set(JSON.stringify(binding), binding);
    }
  }
  return [...bindings.values()];
}

const protocolOf = (text: string | undefined): Protocol => (text === 'udp' || text === 'sctp' ? text : 'tcp');

function addressOf(host: unknown): string {
  const address = (isRecord(host) ? textOf(host['HostIp']) : undefined) ?? '';
  return address === '0.0.0.0' || address === '::' ? '' : address;
}
