import { fileURLToPath } from 'node:url';
import { CaissonError, isCaissonError } from '../core/errors.ts';
import { stripUserInfo } from '../core/redaction.ts';
import {
  type ArtifactScheme,
  isArtifactScheme,
  parseArtifactUri,
  splitLogin,
  type UriLogin,
} from '../model/artifact-uri.ts';
import { parseModelUri, type ModelUri } from '../model/model-uri.ts';
import { splitUri } from '../model/uri-parts.ts';

/** Where files lie, as a tracking store recorded it. */
export type ArtifactLocation =
  | {
      readonly kind: 'local';
      /** as recorded: absolute or relative, of this machine or another */ readonly path: string;
    }
  /** Behind the tracking server's artifact proxy (`mlflow-artifacts:`). */
  | {
      readonly kind: 'proxied';
      /** no slashes at its ends */ readonly path: string;
      readonly host?: string;
      /** Of that host. */
      readonly login?: UriLogin;
    }
  | RemoteLocation
  /** Its server may read it. */
  | { readonly kind: 'unsupported'; readonly scheme: string; readonly uri: string };

/** A place with an address of its own, such as a bucket. */
export interface RemoteLocation {
  readonly kind: 'remote';
  /** `models` is a version in a registry of Databricks, which gives its files out itself. */
  readonly scheme: Exclude<ArtifactScheme, 'mlflow-artifacts'> | 'models';
  /** Without a login, and without slashes at its end. */
  readonly uri: string;
  readonly login?: UriLogin;
}

/** A recorded location that names another model instead of a place. */
export interface IndirectLocation {
  readonly kind: 'indirect';
  readonly uri: ModelUri;
}

const SCHEME = /^([a-z][a-z0-9+.-]+):(.*)$/is;

/** Parses an artifact URI or a model version's source. Throws STORE_FAILED for one that makes no sense. */
export function parseArtifactLocation(text: string): ArtifactLocation | IndirectLocation {
  const match = SCHEME.exec(text);
  const scheme = match?.[1]?.toLowerCase();
  if (match === null || scheme === undefined) return { kind: 'local', path: text };
  if (scheme === 'file') return { kind: 'local', path: localPath(text) };
  if (scheme === 'mlflow-artifacts') return proxied(text, match[2] ?? '');
  // the proxy's was told above
  if (isArtifactScheme(scheme) && scheme !== 'mlflow-artifacts') return remote(text, scheme);
  if (scheme === 'models' || scheme === 'runs') return indirect(text);
  return { kind: 'unsupported', scheme, uri: stripUserInfo(text).replace(/\/+$/, '') };
}

const indirect = (text: string): IndirectLocation => ({
  kind: 'indirect',
  uri: recorded(text, () => parseModelUri(text)),
});

/** What `parse` makes of a recorded address. Throws STORE_FAILED where it throws. */
export function recorded<T>(text: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw malformed(text, error);
  }
}

/** The same location with a path below it. */
export function below(location: ArtifactLocation, subpath: string): ArtifactLocation {
  if (subpath === '') return location;
  if (location.kind === 'remote' || location.kind === 'unsupported')
    return { ...location, uri: `${location.uri}/${subpath}` };
  const path = [location.path.replace(/\/+$/, ''), subpath].filter((part) => part !== '').join('/');
  return { ...location, path: location.kind === 'local' && location.path === '/' ? `/${subpath}` : path };
}

function remote(text: string, scheme: Exclude<ArtifactScheme, 'mlflow-artifacts'>): RemoteLocation {
  const { uri, login } = recorded(text, () => parseArtifactUri(text, scheme, splitUri(text)));
  return { kind: 'remote', scheme, uri, ...(login === undefined ? {} : { login }) };
}

/** `file:` as MLflow records it: file:///x, file:/x and file:///C:/x, percent-encoded. */
function localPath(text: string): string {
  const windows = /^file:\/{2,3}([a-z]:[/\\].*)$/i.exec(text)?.[1];
  if (windows !== undefined) return windows;
  return recorded(text, () => fileURLToPath(new URL(text)));
}

/** `mlflow-artifacts:/path` or `mlflow-artifacts://host:port/path` (MLflow's store/artifact/mlflow_artifacts_repo.py). */
function proxied(text: string, rest: string): ArtifactLocation {
  const match = /^(?:\/\/([^/]*))?(.*)$/s.exec(rest);
  const { host, login } = splitLogin(match?.[1] ?? '', 'mlflow-artifacts');
  const segments = (match?.[2] ?? '').split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) throw malformed(text);
  if (host === '') return { kind: 'proxied', path: segments.join('/') };
  return { kind: 'proxied', path: segments.join('/'), host, ...(login === undefined ? {} : { login }) };
}

function malformed(text: string, cause?: unknown): CaissonError {
  const detail = isCaissonError(cause) ? cause.message : undefined;
  return new CaissonError(
    'STORE_FAILED',
    `the store records a location that makes no sense: '${stripUserInfo(text)}'`,
    {
      cause,
      detail,
    },
  );
}
