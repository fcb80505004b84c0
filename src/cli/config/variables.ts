import type { Environment } from './environment.ts';

/**
 * Every variable of the host that caisson reads besides CAISSON_<OPTION>: whose it is and what it does.
 * Source of docs/reference/environment.md; `variable` reads no other.
 */
export const HOST_VARIABLES = {
  MLFLOW_TRACKING_URI: 'where models are looked up; --tracking-uri wins',
  MLFLOW_REGISTRY_URI: 'where registered models are looked up, when that is elsewhere; --registry-uri wins',
  MLFLOW_TRACKING_USERNAME: 'user name for the tracking server; else ~/.mlflow/credentials',
  MLFLOW_TRACKING_PASSWORD: 'password for the tracking server; else ~/.mlflow/credentials',
  MLFLOW_TRACKING_TOKEN:
    'bearer token for the tracking server; user name and password win over it, as in MLflow',
  MLFLOW_TRACKING_AWS_SIGV4: '`true`: requests to the tracking server are signed with AWS keys',
  MLFLOW_TRACKING_INSECURE_TLS: '`true`: the certificate of the tracking server is not checked',
  MLFLOW_TRACKING_SERVER_CERT_PATH: 'CA bundle (PEM) for the tracking server, in the place of all others',
  MLFLOW_TRACKING_CLIENT_CERT_PATH: 'certificate and key (PEM) that the tracking server is shown',
  MLFLOW_HTTP_REQUEST_TIMEOUT:
    'seconds that a tracking server may say nothing, such as while its artifact proxy fetches a big file; 120 when not set',
  MLFLOW_WORKSPACE: 'whose models a tracking server with workspaces shows',
  REQUESTS_CA_BUNDLE: 'CA bundle (PEM) for model stores, in the place of those that Node trusts',
  CURL_CA_BUNDLE: 'the same, when REQUESTS_CA_BUNDLE is not set',
  HTTP_PROXY:
    'proxy for http: addresses, such as http://user:password@proxy:3128; loopback never goes through one',
  HTTPS_PROXY: 'proxy for https: addresses',
  ALL_PROXY: 'proxy for both when theirs is not set',
  NO_PROXY: 'hosts that are reached without a proxy, such as .example.com,10.0.0.0/8',
  http_proxy: 'as HTTP_PROXY, and wins over it',
  https_proxy: 'as HTTPS_PROXY, and wins over it',
  all_proxy: 'as ALL_PROXY, and wins over it',
  no_proxy: 'as NO_PROXY, and wins over it',
  AWS_ACCESS_KEY_ID: 'key for signed requests (MLFLOW_TRACKING_AWS_SIGV4); else ~/.aws/credentials',
  AWS_SECRET_ACCESS_KEY: 'secret of that key; never shown',
  AWS_SESSION_TOKEN: 'token of temporary keys; never shown',
  AWS_PROFILE: 'profile of ~/.aws/credentials and ~/.aws/config; `default` when not set',
  AWS_REGION: 'region of signed requests and of S3; else AWS_DEFAULT_REGION, else that of the profile',
  AWS_DEFAULT_REGION: 'the same when AWS_REGION is not set',
  DATABRICKS_HOST: 'workspace of Databricks when the URI names no profile',
  DATABRICKS_TOKEN: 'token for that workspace; never shown',
  DATABRICKS_CLIENT_ID: 'service principal for that workspace, by OAuth',
  DATABRICKS_CLIENT_SECRET: 'secret of that service principal; never shown',
  DATABRICKS_CONFIG_FILE: 'profiles of Databricks; ~/.databrickscfg when not set',
  DATABRICKS_CONFIG_PROFILE:
    'profile when neither the URI nor DATABRICKS_HOST names a workspace; DEFAULT when not set',
  MLFLOW_S3_ENDPOINT_URL: 'where S3 answers, for stores that speak as it does; wins over AWS_ENDPOINT_URL_S3',
  MLFLOW_S3_IGNORE_TLS: '`true`: believe any certificate of S3',
  MLFLOW_S3_EXPECTED_BUCKET_OWNER: 'account id that a bucket must belong to',
  MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE: '`path` or `virtual`: where the bucket stands in a URL of S3',
  AWS_ENDPOINT_URL_S3: 'where S3 answers; wins over AWS_ENDPOINT_URL',
  AWS_ENDPOINT_URL: 'where every service of AWS answers',
  AWS_CA_BUNDLE: 'CA bundle for S3',
  AWS_REQUEST_PAYER: '`requester`: pay for reading a bucket that asks its readers to',
  STORAGE_EMULATOR_HOST: 'an emulator of Google’s storage, which gets no credentials',
  AZURE_STORAGE_CONNECTION_STRING: 'login for Azure’s blobs; never shown',
  AZURE_STORAGE_ACCESS_KEY: 'key of the Azure storage account; never shown',
  AZURE_STORAGE_SAS_TOKEN: 'shared access signature for Azure’s blobs; never shown',
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

/** A switch as MLflow's variables are: `true` or `1`, in any case. */
export function flag(environment: Environment, name: HostVariable): 'on' | 'off' {
  const value = variable(environment, name)?.toLowerCase();
  return value === 'true' || value === '1' ? 'on' : 'off';
}
