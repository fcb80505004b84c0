import type { TrackingCredentials } from '../../sources/port.ts';
import type { Environment } from './environment.ts';
import { variable } from './variables.ts';

/** Everything in the environment that must never be shown, known before the first line is printed. */
export function environmentSecrets(environment: Environment): readonly string[] {
  const named = [
    variable(environment, 'MLFLOW_TRACKING_PASSWORD'),
    variable(environment, 'MLFLOW_TRACKING_TOKEN'),
    variable(environment, 'AZURE_STORAGE_ACCESS_KEY'),
    variable(environment, 'AZURE_STORAGE_SAS_TOKEN'),
    ...connectionStringSecrets(variable(environment, 'AZURE_STORAGE_CONNECTION_STRING')),
    // read by the SDKs alone, whose errors may hold anything
    environment['AWS_SECRET_ACCESS_KEY'],
    environment['AWS_SESSION_TOKEN'],
    environment['AZURE_CLIENT_SECRET'],
    variable(environment, 'COSIGN_PASSWORD'),
    variable(environment, 'SIGSTORE_ID_TOKEN'),
  ];
  const inUrls = [
    variable(environment, 'MLFLOW_TRACKING_URI'),
    variable(environment, 'MLFLOW_S3_ENDPOINT_URL'),
    environment['CAISSON_TRACKING_URI'],
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
  return [];
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
