import { DEFAULT_HTTP_CONFIG, HttpClient } from '../platform/http.ts';
import type { Network } from '../platform/http-network.ts';
import type { SourcesConfig, TrackingCredentials } from './port.ts';
import { ServerApi } from './tracking-server/server-api.ts';
import type { TrackingLocation } from './tracking-uri.ts';

export type ServerLocation = Extract<TrackingLocation, { readonly kind: 'server' }>;

const NO_NETWORK: Network = { proxies: {} };

/** A client for a tracking server, with everything that is said about it. */
export function trackingServer(
  { url, shown, login }: ServerLocation,
  config: SourcesConfig,
  signal: AbortSignal,
): ServerApi {
  const { workspace, requestTimeoutMs } = config;
  return new ServerApi({
    ...{ http: httpFor(url, config), url, shown, credentials: credentialsFor(login, config), signal },
    ...(workspace === undefined ? {} : { workspace }),
    // an answer may take two of them
    ...(requestTimeoutMs === undefined ? {} : { answerMs: 2 * requestTimeoutMs }),
  });
}

/** As Python's requests, which MLflow asks with: the login in the address wins over any other, but a signature wins over it. */
function credentialsFor(
  login: TrackingCredentials | undefined,
  { credentials }: SourcesConfig,
): TrackingCredentials {
  return credentials.kind === 'aws-sigv4' ? credentials : (login ?? credentials);
}

/** What is said about certificates of tracking servers is said about this one, and not about where it may redirect to. */
export function httpFor(
  server: URL | undefined,
  { network = NO_NETWORK, serverTls, requestTimeoutMs }: SourcesConfig,
): HttpClient {
  const isSaid = server !== undefined && serverTls !== undefined;
  const hosts = isSaid ? { hosts: new Map([[server.host, serverTls]]) } : {};
  const idleTimeoutMs = requestTimeoutMs ?? DEFAULT_HTTP_CONFIG.idleTimeoutMs;
  return new HttpClient({ ...DEFAULT_HTTP_CONFIG, idleTimeoutMs, network: { ...network, ...hosts } });
}
