import type { PortBinding } from '../../engine/port.ts';

/** Where the server in the image listens unless PORT says otherwise. */
const SERVER_PORT = 5001;
const DEFAULT_HOST_PORT = 5001;

export interface PublishInput {
  /** From -p; empty when there was none. */
  readonly given: readonly PortBinding[];
  readonly env: Readonly<Record<string, string>>;
  readonly exposedPorts: readonly string[];
  readonly isCaisson: boolean;
}

/** What -p says; without it the server's port, on 127.0.0.1:5001: nothing is opened to the network unasked. */
export function portsToPublish({
  given,
  env,
  exposedPorts,
  isCaisson,
}: PublishInput): readonly PortBinding[] {
  if (given.length > 0) return given;
  const containerPort = isCaisson ? serverPort(env['PORT']) : firstTcpPort(exposedPorts);
  return [{ hostAddress: '127.0.0.1', hostPort: DEFAULT_HOST_PORT, containerPort, protocol: 'tcp' }];
}

/** An empty PORT counts as absent, as it does for the server. */
function serverPort(variable = ''): number {
  return variable.trim() === '' ? SERVER_PORT : Number(variable);
}

function firstTcpPort(exposedPorts: readonly string[]): number {
  const ports = exposedPorts.filter((port) => port.endsWith('/tcp')).map((port) => Number.parseInt(port, 10));
  return ports.includes(SERVER_PORT) ? SERVER_PORT : (ports[0] ?? SERVER_PORT);
}

/** Whether the container has addresses of its own, which ports are published from: not in the network of the host or of another container. */
export function isOwnNetwork(networkMode: string | undefined): boolean {
  return networkMode !== 'host' && networkMode !== 'none' && networkMode?.startsWith('container:') !== true;
}

/** The URL of a published container port, seen from here; undefined when it is not published. */
export function publishedUrl(
  ports: readonly PortBinding[],
  containerPort: number,
  publishedHost: string,
): string | undefined {
  const binding = ports.find((port) => port.containerPort === containerPort && port.protocol === 'tcp');
  if (binding === undefined) return undefined;
  const host = reachableHost(binding.hostAddress, publishedHost);
  return `http://${host.includes(':') ? `[${host}]` : host}:${binding.hostPort}`;
}

/** A port bound to one address of this machine is reached there and nowhere else. */
function reachableHost(hostAddress: string, publishedHost: string): string {
  const isAny = hostAddress === '' || hostAddress === '0.0.0.0' || hostAddress === '::';
  return isAny || !isLoopbackHost(publishedHost) ? publishedHost : hostAddress;
}

export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
