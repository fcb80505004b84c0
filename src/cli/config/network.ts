import { withoutUndefined } from '../../core/objects.ts';
import type { HostTls, Network } from '../../platform/http-network.ts';
import type { Environment } from './environment.ts';
import { flag, variable } from './variables.ts';

/** Proxies for everything that caisson asks by HTTP; the lower-case spelling comes first, as for curl and Python's requests. */
export function resolveNetwork(environment: Environment): Network {
  return {
    proxies: withoutUndefined({
      http: variable(environment, 'http_proxy') ?? variable(environment, 'HTTP_PROXY'),
      https: variable(environment, 'https_proxy') ?? variable(environment, 'HTTPS_PROXY'),
      all: variable(environment, 'all_proxy') ?? variable(environment, 'ALL_PROXY'),
      except: variable(environment, 'no_proxy') ?? variable(environment, 'NO_PROXY'),
    }),
  };
}

/** The same for model stores, which Python's requests asks where MLflow does: it has a variable of its own for authorities. */
export function resolveStoreNetwork(environment: Environment): Network {
  const caFile = variable(environment, 'REQUESTS_CA_BUNDLE') ?? variable(environment, 'CURL_CA_BUNDLE');
  return { ...resolveNetwork(environment), ...(caFile === undefined ? {} : { caFile }) };
}

/** What MLflow's variables say about the certificates of tracking servers; undefined when they say nothing. */
export function resolveServerTls(environment: Environment): HostTls | undefined {
  const tls: HostTls = {
    ...(flag(environment, 'MLFLOW_TRACKING_INSECURE_TLS') === 'on' ? { verification: 'off' as const } : {}),
    ...withoutUndefined({
      caFile: variable(environment, 'MLFLOW_TRACKING_SERVER_CERT_PATH'),
      clientCertificateFile: variable(environment, 'MLFLOW_TRACKING_CLIENT_CERT_PATH'),
    }),
  };
  return Object.keys(tls).length === 0 ? undefined : tls;
}

/** Milliseconds; undefined when nothing is said, or nothing that is a time. */
export function resolveRequestTimeout(environment: Environment): number | undefined {
  const text = variable(environment, 'MLFLOW_HTTP_REQUEST_TIMEOUT') ?? '';
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) * 1000 : undefined;
}
