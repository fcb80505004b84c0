import type { CaissonError } from '../core/errors.ts';
import { type UriParts, rejectDotDot, uriInvalid } from './uri-parts.ts';

/** Kinds of places that MLflow's artifact repositories know and caisson reads (store/artifact/artifact_repository_registry.py). */
export const ARTIFACT_SCHEMES = [
  's3',
  'gs',
  'wasbs',
  'abfss',
  'dbfs',
  'http',
  'https',
  'sftp',
  'mlflow-artifacts',
] as const;

export type ArtifactScheme = (typeof ARTIFACT_SCHEMES)[number];

/** A place of files by its own address, such as `s3://bucket/models/iris`. */
export interface ArtifactUri {
  readonly kind: 'artifact';
  readonly scheme: ArtifactScheme;
  /** Fit to be shown and recorded: without a login, and without slashes at its end. */
  readonly uri: string;
  /** What stood before the host of an address: for whoever opens the place, and for nobody else. */
  readonly login?: UriLogin;
}

export interface UriLogin {
  readonly username: string;
  readonly password?: string;
}

/** What these have before an `@` is a login; wasbs: and abfss: have the container there, dbfs: the profile. */
const WITH_LOGIN: ReadonlySet<ArtifactScheme> = new Set(['http', 'https', 'sftp', 'mlflow-artifacts']);
/** For sftp: it is this machine, as in MLflow. */
const WITHOUT_HOST: ReadonlySet<ArtifactScheme> = new Set(['dbfs', 'mlflow-artifacts', 'sftp']);
const EXAMPLES: Readonly<Record<ArtifactScheme, string>> = {
  s3: 's3://BUCKET/PATH',
  gs: 'gs://BUCKET/PATH',
  wasbs: 'wasbs://CONTAINER@ACCOUNT.blob.core.windows.net/PATH',
  abfss: 'abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/PATH',
  dbfs: 'dbfs:/PATH',
  http: 'http://HOST/PATH',
  https: 'https://HOST/PATH',
  sftp: 'sftp://HOST/PATH',
  'mlflow-artifacts': 'mlflow-artifacts:/PATH',
};

export const isArtifactScheme = (scheme: string): scheme is ArtifactScheme =>
  (ARTIFACT_SCHEMES as readonly string[]).includes(scheme);

/**
 * Parses the address of a place; nothing in it is decoded but a login. What a bucket, an account or a host of ssh may be called is checked
 * by `storeUriOf`, for whoever opens it: a recorded address that cannot be opened here may be read by its server. Throws MODEL_URI_INVALID,
 * never with what may be a secret: a query can hold a signature, and MLflow drops it.
 */
export function parseArtifactUri(text: string, scheme: ArtifactScheme, uri: UriParts): ArtifactUri {
  const shown = withoutSecrets(text);
  const invalid = (reason: string): Error => artifactUriInvalid(shown, scheme, reason);
  if (/\p{Cc}/u.test(text)) throw invalid('it holds control characters');
  if (/[?#]/.test(uri.authority + uri.path)) throw invalid("it holds a '?' or '#'");
  rejectDotDot(shown, uri.path);
  const { host, login } = splitLogin(uri.authority, scheme);
  if (host === '' && !WITHOUT_HOST.has(scheme)) throw invalid('it names no host, bucket or container');
  if (!isHost(host, scheme))
    throw invalid(`'${host.replace(/^.*@/s, '')}' cannot be its host, bucket or container`);
  const path = uri.path.replace(/\/+$/, '');
  if (path !== '' && !path.startsWith('/')) throw invalid(`a slash must follow '${scheme}:'`);
  if (host === '' && path === '') throw invalid('the path is missing');
  // without a host, two slashes would make one of what follows
  const place = host === '' ? path.replace(/^\/+/, '/') : `//${host}${path}`;
  return {
    kind: 'artifact',
    scheme,
    uri: `${scheme}:${place}`,
    ...(login === undefined ? {} : { login }),
  };
}

/** @param shown fit to be shown */
export const artifactUriInvalid = (shown: string, scheme: ArtifactScheme, reason: string): CaissonError =>
  uriInvalid(shown, reason, `write ${EXAMPLES[scheme]}`);

interface Authority {
  readonly host: string;
  readonly login?: UriLogin;
}

/** What stands before the host, where that is a login. */
export function splitLogin(authority: string, scheme: ArtifactScheme): Authority {
  const at = authority.lastIndexOf('@');
  if (at < 0 || !WITH_LOGIN.has(scheme)) return { host: authority };
  const written = authority.slice(0, at);
  const colon = written.indexOf(':');
  const username = decode(colon < 0 ? written : written.slice(0, colon));
  const password = colon < 0 ? undefined : decode(written.slice(colon + 1));
  return {
    host: authority.slice(at + 1),
    login: { username, ...(password === undefined ? {} : { password }) },
  };
}

function isHost(host: string, scheme: ArtifactScheme): boolean {
  if (scheme === 'dbfs') return host === '' || /^([^@:\s]+@)?databricks$/.test(host);
  if (!HOSTS.has(scheme)) return true;
  return host === '' || URL.canParse(`http://${host}/`);
}

/** Those that nobody but HTTP opens. */
const HOSTS: ReadonlySet<ArtifactScheme> = new Set(['http', 'https', 'mlflow-artifacts']);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Neither anything before an `@` nor the query: of both, a secret may hold the other's mark. */
const withoutSecrets = (text: string): string => text.replace(/\/\/[^/]*@/, '//').replace(/[?#].*$/s, '');
