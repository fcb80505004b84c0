import type { AwsIdentity } from '../../platform/aws-signature.ts';
import type { TrackingCredentials } from '../../sources/port.ts';
import type { Environment } from './environment.ts';
import { variable } from './variables.ts';

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'] as const;

/** Everything in the environment that must never be shown, known before the first line is printed. */
export function environmentSecrets(environment: Environment): readonly string[] {
  const named = [
    variable(environment, 'MLFLOW_TRACKING_PASSWORD'),
    variable(environment, 'MLFLOW_TRACKING_TOKEN'),
    variable(environment, 'AWS_SECRET_ACCESS_KEY'),
    variable(environment, 'AWS_SESSION_TOKEN'),
    variable(environment, 'DATABRICKS_TOKEN'),
    variable(environment, 'DATABRICKS_CLIENT_SECRET'),
    variable(environment, 'AZURE_STORAGE_ACCESS_KEY'),
    variable(environment, 'AZURE_STORAGE_SAS_TOKEN'),
    ...connectionStringSecrets(variable(environment, 'AZURE_STORAGE_CONNECTION_STRING')),
    // read by the SDK alone, whose errors may hold anything
    environment['AZURE_CLIENT_SECRET'],
    variable(environment, 'COSIGN_PASSWORD'),
    variable(environment, 'SIGSTORE_ID_TOKEN'),
  ];
  const inUrls = [
    variable(environment, 'MLFLOW_TRACKING_URI'),
    variable(environment, 'MLFLOW_REGISTRY_URI'),
    variable(environment, 'MLFLOW_S3_ENDPOINT_URL'),
    environment['CAISSON_TRACKING_URI'],
    environment['CAISSON_REGISTRY_URI'],
    ...PROXIES.map((name) => variable(environment, name)),
    environment['CAISSON_INDEX_URL'],
  ];
  return [...named, ...inUrls.flatMap(urlPasswords)].filter((value) => value !== undefined);
}

/** The password inside a URL, as written and decoded; nothing when the text is no URL. */
export function urlPasswords(text: string | undefined): readonly string[] {
  if (text === undefined || !URL.canParse(text)) return [];
  const { password } = new URL(text);
  if (password === '') return [];
  return [password, decodeLoosely(password)];
}

export function credentialSecrets(credentials: TrackingCredentials): readonly string[] {
  if (credentials.kind === 'token') return [credentials.token];
  if (credentials.kind === 'basic') return [credentials.password];
  if (credentials.kind === 'aws-sigv4') return secretsOfKeys(credentials.identity);
  return [];
}

function secretsOfKeys(identity: AwsIdentity | undefined): readonly string[] {
  const { secretAccessKey, sessionToken } = identity ?? {};
  return [secretAccessKey, sessionToken].filter((secret) => secret !== undefined);
}

/** The string, and what in it is secret: `…;AccountKey=x;SharedAccessSignature=y`. */
function connectionStringSecrets(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const parts = [...text.matchAll(/(?:AccountKey|SharedAccessSignature)=([^;]+)/gi)];
  return [text, ...parts.flatMap(([, value]) => value ?? [])];
}

function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
