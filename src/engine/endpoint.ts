import { join } from 'node:path';
import { CaissonError } from '../core/errors.ts';
import { contextEndpoint, currentContext } from './endpoint-context.ts';
import { readTlsFiles, type TlsFiles } from './endpoint-tls.ts';
import type { EngineConfig } from './port.ts';

/** One place where an engine may answer. */
export type EngineAddress =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls?: TlsFiles };

export interface EngineEndpoint {
  readonly address: EngineAddress;
  /** Why this place is tried, for the error when nothing answers. */
  readonly origin: string;
}

const PLAIN_PORT = 2375;
const TLS_PORT = 2376;

/**
 * Where the engine may be, best first. As in the docker command: DOCKER_HOST, else the context of DOCKER_CONTEXT,
 * else that of config.json, else the usual sockets. Throws ENGINE_UNREACHABLE for an address that cannot be used.
 */
export async function findEndpoints(config: EngineConfig): Promise<readonly EngineEndpoint[]> {
  for (const strategy of [fromHost, fromContext, fromDefaultSockets]) {
    const endpoints = await strategy(config);
    if (endpoints.length > 0) return endpoints;
  }
  return [];
}

async function fromHost(config: EngineConfig): Promise<readonly EngineEndpoint[]> {
  if (config.host === undefined) return [];
  // The docker command looks for ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH, else in its own folder.
  const tls =
    config.tlsVerify === 'on' ? await readTlsFiles(config.certPath ?? config.dockerConfigFolder) : undefined;
  return [{ address: parseAddress(config.host, tls), origin: 'DOCKER_HOST' }];
}

async function fromContext(config: EngineConfig): Promise<readonly EngineEndpoint[]> {
  const name = config.dockerContext ?? (await currentContext(config.dockerConfigFolder));
  if (name === undefined || name === '' || name === 'default') return [];
  const { host, tls } = await contextEndpoint(config.dockerConfigFolder, name);
  return [{ address: parseAddress(host, tls), origin: `docker context '${name}'` }];
}

function fromDefaultSockets(config: EngineConfig): Promise<readonly EngineEndpoint[]> {
  const paths = [
    '/var/run/docker.sock',
    // Docker Desktop, then a rootless engine.
    join(config.homeFolder, '.docker/run/docker.sock'),
    ...(config.runtimeFolder === undefined ? [] : [join(config.runtimeFolder, 'docker.sock')]),
  ];
  return Promise.resolve(
    paths.map((path) => ({ address: { kind: 'socket', path } as const, origin: 'default socket' })),
  );
}

/** Reads a DOCKER_HOST value: unix://PATH, tcp://HOST[:PORT], http(s)://HOST[:PORT] or HOST:PORT. */
export function parseAddress(host: string, tls: TlsFiles | undefined): EngineAddress {
  const [, scheme = 'tcp', rest = ''] = /^(?:([a-z]+):\/\/)?(.*)$/s.exec(host) ?? [];
  switch (scheme) {
    case 'unix':
      if (!rest.startsWith('/')) throw unusable(host, 'the path of its socket must be absolute');
      return { kind: 'socket', path: rest };
    case 'tcp':
    case 'http':
      return parseTcp(host, rest, tls);
    case 'https':
      return parseTcp(host, rest, tls ?? {});
    case 'ssh':
      throw unusable(host, 'ssh is not supported yet', SSH_HINT);
    default:
      throw unusable(host, `'${scheme}' is not supported`);
  }
}

function parseTcp(host: string, rest: string, tls: TlsFiles | undefined): EngineAddress {
  const url = parseUrl(host, `http://${rest}`);
  if (url.pathname !== '/') throw unusable(host, 'a path behind the host is not supported');
  return {
    kind: 'tcp',
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? defaultPort(rest, tls) : Number(url.port),
    ...(tls === undefined ? {} : { tls }),
  };
}

const SSH_HINT =
  'forward the socket with ssh -NL /tmp/engine.sock:/var/run/docker.sock HOST and set DOCKER_HOST=unix:///tmp/engine.sock';

function parseUrl(host: string, url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw unusable(host, 'it does not read tcp://HOST:PORT');
  }
}

/** URL drops `:80`, the default of the scheme it was parsed with. */
function defaultPort(rest: string, tls: TlsFiles | undefined): number {
  if (/:80\/?$/.test(rest)) return 80;
  return tls === undefined ? PLAIN_PORT : TLS_PORT;
}

function unusable(
  host: string,
  reason: string,
  hint = 'it reads unix:///path/to/socket or tcp://HOST:PORT',
): CaissonError {
  return new CaissonError('ENGINE_UNREACHABLE', `engine address '${host}' cannot be used: ${reason}`, {
    hint,
  });
}

/** As DOCKER_HOST would spell it. */
export function formatAddress(address: EngineAddress): string {
  if (address.kind === 'socket') return `unix://${address.path}`;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `tcp://${host}:${address.port}`;
}

/** Host name under which ports that the engine publishes are reached from here. */
export function publishedHostOf(address: EngineAddress): string {
  return address.kind === 'socket' ? '127.0.0.1' : address.host;
}
