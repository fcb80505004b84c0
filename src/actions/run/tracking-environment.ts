import { withoutUndefined } from '../../core/objects.ts';
import type { TrackingCredentials } from '../../sources/port.ts';
import { ALLOWED_HOSTS, HOST_GATEWAY, HOST_NAME } from '../container/host-gateway.ts';

export interface TrackingInput {
  /** What the user gives the container with -e and --env-file. */
  readonly given: Readonly<Record<string, string>>;
  readonly trackingUri: string | undefined;
  /** Where registered models are looked up, when that is said apart. */
  readonly registryUri?: string | undefined;
  readonly credentials: TrackingCredentials;
}

export interface TrackingEnvironment {
  readonly env: Readonly<Record<string, string>>;
  readonly extraHosts: readonly string[];
  readonly note?: string;
  readonly warning?: { readonly message: string; readonly hint: string };
}

const NOTHING: TrackingEnvironment = { env: {}, extraHosts: [] };

/**
 * What a container that loads its model needs to reach the tracking server of this host's configuration. What the user gives wins, and
 * the host's login goes to no other server than its own. A store in files (sqlite, a folder) cannot be passed on.
 */
export function trackingEnvironment(input: TrackingInput): TrackingEnvironment {
  const tracking = forTracking(input);
  const registry = forRegistry(input);
  return {
    ...tracking,
    env: { ...tracking.env, ...registry.env },
    extraHosts: [...new Set([...tracking.extraHosts, ...registry.extraHosts])],
  };
}

/** The login is MLflow's one for both. */
function forRegistry({ given, registryUri }: TrackingInput): TrackingEnvironment {
  if ('MLFLOW_REGISTRY_URI' in given || registryUri === undefined || !/^https?:\/\//i.test(registryUri))
    return NOTHING;
  if (!isLoopback(registryUri)) return { env: { MLFLOW_REGISTRY_URI: registryUri }, extraHosts: [] };
  return { env: { MLFLOW_REGISTRY_URI: throughGateway(registryUri) }, extraHosts: [HOST_GATEWAY] };
}

function forTracking({ given, trackingUri, credentials }: TrackingInput): TrackingEnvironment {
  const chosen = given['MLFLOW_TRACKING_URI'];
  const login = hasLogin(given) ? {} : loginVariables(credentials);
  if (chosen !== undefined) return forChosen(chosen, chosen === trackingUri ? login : {});
  if (trackingUri === undefined || !/^https?:\/\//i.test(trackingUri)) return NOTHING;
  if (!isLoopback(trackingUri))
    return { env: { MLFLOW_TRACKING_URI: trackingUri, ...login }, extraHosts: [] };
  const rewritten = throughGateway(trackingUri);
  return {
    env: { MLFLOW_TRACKING_URI: rewritten, ...login },
    extraHosts: [HOST_GATEWAY],
    note:
      `the container reaches the tracking server as ${rewritten}: the server must listen on more than loopback and accept this name ` +
      `(mlflow server --host 0.0.0.0 --allowed-hosts '${ALLOWED_HOSTS}')`,
  };
}

function forChosen(uri: string, login: Readonly<Record<string, string>>): TrackingEnvironment {
  if (isLoopback(uri))
    return {
      env: login,
      extraHosts: [],
      warning: {
        message: `in the container, MLFLOW_TRACKING_URI '${uri}' is the container itself`,
        hint: 'leave it out of -e and pass --tracking-uri, which is rewritten to reach this host',
      },
    };
  const host = URL.canParse(uri) ? new URL(uri).hostname : '';
  return { env: login, extraHosts: host === HOST_NAME ? [HOST_GATEWAY] : [] };
}

function hasLogin(given: Readonly<Record<string, string>>): boolean {
  return ['MLFLOW_TRACKING_TOKEN', 'MLFLOW_TRACKING_USERNAME', 'MLFLOW_TRACKING_PASSWORD'].some(
    (name) => name in given,
  );
}

function loginVariables(credentials: TrackingCredentials): Readonly<Record<string, string>> {
  switch (credentials.kind) {
    case 'token':
      return { MLFLOW_TRACKING_TOKEN: credentials.token };
    case 'basic':
      return {
        MLFLOW_TRACKING_USERNAME: credentials.username,
        MLFLOW_TRACKING_PASSWORD: credentials.password,
      };
    case 'aws-sigv4':
      return signingVariables(credentials);
    case 'none':
      return {};
  }
}

/** As MLflow's own client reads them. */
function signingVariables({
  identity,
  region,
}: Extract<TrackingCredentials, { readonly kind: 'aws-sigv4' }>): Readonly<Record<string, string>> {
  const { accessKeyId, secretAccessKey, sessionToken } = identity ?? {};
  return {
    MLFLOW_TRACKING_AWS_SIGV4: 'true',
    ...withoutUndefined({
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_DEFAULT_REGION: region,
    }),
  };
}

function isLoopback(uri: string): boolean {
  if (!/^https?:\/\//i.test(uri) || !URL.canParse(uri)) return false;
  const { hostname } = new URL(uri);
  return (
    hostname === 'localhost' || hostname === '0.0.0.0' || hostname === '[::1]' || hostname.startsWith('127.')
  );
}

/** The same URI with the host's other name; the URL class would add a slash that was not there. */
function throughGateway(uri: string): string {
  const url = new URL(uri);
  url.hostname = HOST_NAME;
  return uri.endsWith('/') ? url.href : url.href.replace(/\/$/, '');
}
