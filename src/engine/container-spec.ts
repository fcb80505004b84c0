import { withoutUndefined } from '../core/objects.ts';
import { isRecord, textOf } from './json-values.ts';
import type { ContainerSpec, PortBinding } from './port.ts';

/** The body of a create call. */
export function createBody(spec: ContainerSpec): object {
  return {
    Image: spec.image,
    // An empty list would mean: no command at all, also not the image's own.
    ...(spec.command.length === 0 ? {} : { Cmd: spec.command }),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    Labels: spec.labels,
    ExposedPorts: Object.fromEntries(spec.ports.map((port) => [portKey(port), {}])),
    HostConfig: {
      PortBindings: bindingsOf(spec.ports),
      Binds: spec.volumes,
      ExtraHosts: spec.extraHosts,
      AutoRemove: spec.atEnd === 'remove',
      ...limitsOf(spec),
    },
  };
}

/** What the engine's defaults would allow, taken away; nothing is said where nothing was asked. */
function limitsOf(spec: ContainerSpec): object {
  return withoutUndefined({
    NetworkMode: spec.networkMode,
    ReadonlyRootfs: spec.rootFileSystem === 'read-only' ? true : undefined,
    Tmpfs: spec.tmpfs,
    CapDrop: spec.capDrop,
    SecurityOpt: spec.securityOptions,
    Memory: spec.memoryBytes,
    MemorySwap: spec.memoryBytes,
  });
}

function portKey({ containerPort, protocol }: PortBinding): string {
  return `${containerPort}/${protocol}`;
}

function bindingsOf(ports: readonly PortBinding[]): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const port of ports) {
    const { hostAddress, hostPort } = port;
    (bindings[portKey(port)] ??= []).push({
      HostIp: hostAddress,
      HostPort: hostPort === 0 ? '' : `${hostPort}`,
    });
  }
  return bindings;
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
        protocol: protocol === 'udp' ? 'udp' : 'tcp',
      } as const;
      bindings.set(JSON.stringify(binding), binding);
    }
  }
  return [...bindings.values()];
}

function addressOf(host: unknown): string {
  const address = (isRecord(host) ? textOf(host['HostIp']) : undefined) ?? '';
  return address === '0.0.0.0' || address === '::' ? '' : address;
}
