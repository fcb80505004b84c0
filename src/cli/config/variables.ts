import type { Environment } from './environment.ts';

/**
 * Every variable of the host that caisson reads besides CAISSON_<OPTION>: whose it is and what it does.
 * Source of docs/reference/environment.md; `variable` reads no other.
 */
export const HOST_VARIABLES = {
  MLFLOW_TRACKING_URI: 'where models are looked up; --tracking-uri wins',
  MLFLOW_TRACKING_USERNAME: 'user name for the tracking server; else ~/.mlflow/credentials',
  MLFLOW_TRACKING_PASSWORD: 'password for the tracking server; else ~/.mlflow/credentials',
  MLFLOW_TRACKING_TOKEN: 'bearer token for the tracking server; wins over user name and password',
  DOCKER_HOST: 'the container engine, such as unix:///run/docker.sock or tcp://host:2376',
  DOCKER_CONTEXT: 'the docker context to use when DOCKER_HOST is not set',
  DOCKER_CONFIG: 'folder of docker’s config.json and contexts; ~/.docker when not set',
  DOCKER_TLS_VERIFY: 'not empty: talk TLS to the engine and check its certificate',
  DOCKER_CERT_PATH: 'folder with ca.pem, cert.pem and key.pem for the engine',
  PIP_CERT: 'CA bundle that a build trusts when --ca-cert is not given',
  SSL_CERT_FILE: 'CA bundle that a build trusts when neither --ca-cert nor PIP_CERT is given',
  SOURCE_DATE_EPOCH:
    'seconds since 1970: the time of all files that a build gets (else 0), of BuildKit, and of a bill of materials (else none)',
  COSIGN_PASSWORD: 'for cosign, which signs; never shown',
  SIGSTORE_ID_TOKEN: 'for cosign, which signs; never shown',
  SSH_AUTH_SOCK: 'socket of the ssh agent that --ssh default gives to a build',
  HOME: 'the home folder, where ~/.docker, ~/.mlflow and ~/.cache are',
  CAISSON_CACHE_SIZE: 'how much of downloaded models is kept, such as 5GB; 20GB when not set',
  XDG_CACHE_HOME: 'folder of caches; ~/.cache when not set',
  XDG_RUNTIME_DIR: 'folder of the socket of a rootless engine',
  NO_COLOR: 'not empty: --progress auto is plain',
  CI: 'not empty: --progress auto is plain',
  TERM: '`dumb`: --progress auto is plain',
} as const;

export type HostVariable = keyof typeof HOST_VARIABLES;

/** The value of a variable; an empty one counts as absent, as it does for docker and MLflow. */
export function variable(environment: Environment, name: HostVariable): string | undefined {
  const value = environment[name];
  return value === '' ? undefined : value;
}
