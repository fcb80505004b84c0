import type { IncomingHttpHeaders } from 'node:http';
import { CaissonError, isCaissonError } from '../core/errors.ts';
import type { Builder } from '../plan/image-plan.ts';
import { createApi, type EngineApi } from './engine-api.ts';
import { reasonUnreachable } from './engine-errors.ts';
import { findEndpoints, formatAddress, publishedHostOf, type EngineEndpoint } from './endpoint.ts';
import type { EngineConfig } from './port.ts';

/** An engine that answered. */
export interface Connection {
  readonly api: EngineApi;
  /** The version that both sides speak. */
  readonly apiVersion: string;
  readonly builders: readonly Builder[];
  readonly publishedHost: string;
  readonly address: string;
}

/** The newest version that caisson was written against (Docker 28), and the oldest that it needs (Docker 20.10). */
const NEWEST_VERSION = '1.51';
const OLDEST_VERSION = '1.41';
const PERMISSION_HINT = 'run as a user who may use the engine, such as one of the group docker';
/** Milliseconds that an engine may take to answer a ping. */
const PING_TIMEOUT = 10_000;

/** The first endpoint that answers. Throws ENGINE_UNREACHABLE with what was tried, ENGINE_FAILED for an engine that is too old. */
export async function connect(config: EngineConfig): Promise<Connection> {
  const tried: string[] = [];
  for (const endpoint of await findEndpoints(config)) {
    try {
      return await connectTo(endpoint);
    } catch (error) {
      if (isCaissonError(error) && error.code === 'ENGINE_FAILED') throw error;
      tried.push(`${formatAddress(endpoint.address)} (${endpoint.origin}): ${reasonUnreachable(error)}`);
    }
  }
  throw new CaissonError('ENGINE_UNREACHABLE', 'no container engine answers', {
    detail: ['tried:', ...tried].join('\n'),
    ...(tried.some((line) => line.endsWith('permission denied')) ? { hint: PERMISSION_HINT } : {}),
  });
}

async function connectTo({ address }: EngineEndpoint): Promise<Connection> {
  const bare = await createApi(address);
  const signal = AbortSignal.timeout(PING_TIMEOUT);
  const answer = await bare.stream({ method: 'GET', path: '/_ping', signal });
  answer.resume();
  const apiVersion = negotiateVersion(headerOf(answer.headers, 'api-version'));
  return {
    api: await createApi(address, apiVersion),
    apiVersion,
    builders: buildersOf(answer.headers),
    publishedHost: publishedHostOf(address),
    address: formatAddress(address),
  };
}

/** The newest version that both speak. Throws ENGINE_FAILED when the engine is too old. */
export function negotiateVersion(engineVersion: string | undefined): string {
  if (engineVersion === undefined || !/^\d+\.\d+$/.test(engineVersion)) return OLDEST_VERSION;
  if (compareVersions(engineVersion, OLDEST_VERSION) < 0)
    throw new CaissonError(
      'ENGINE_FAILED',
      `the engine speaks only version ${engineVersion} of the Docker API`,
      {
        hint: `caisson needs ${OLDEST_VERSION}, which came with Docker 20.10`,
      },
    );
  return compareVersions(engineVersion, NEWEST_VERSION) < 0 ? engineVersion : NEWEST_VERSION;
}

function compareVersions(left: string, right: string): number {
  const [leftMajor = 0, leftMinor = 0] = left.split('.').map(Number);
  const [rightMajor = 0, rightMinor = 0] = right.split('.').map(Number);
  return leftMajor - rightMajor || leftMinor - rightMinor;
}

/**
 * Which builders an engine has, from the headers of its ping. Docker says `Builder-Version: 2` when BuildKit is its
 * default and `1` when it was switched off or the engine runs Windows; 20.10 says nothing unless it was configured,
 * and has BuildKit. Podman has the classic endpoint alone, which is Buildah.
 */
export function buildersOf(headers: IncomingHttpHeaders): readonly Builder[] {
  const isPodman = headerOf(headers, 'libpod-api-version') !== undefined;
  const isWindows = headerOf(headers, 'ostype') === 'windows';
  if (isPodman || isWindows || headerOf(headers, 'builder-version') === '1') return ['classic'];
  return ['buildkit', 'classic'];
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
