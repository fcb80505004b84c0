import { fileURLToPath } from 'node:url';
import { CaissonError, isCaissonError } from '../core/errors.ts';
import { parseModelUri, type ModelUri } from '../model/model-uri.ts';

/** Where files lie, as a tracking store recorded it. */
export type ArtifactLocation =
  | {
      readonly kind: 'local';
      /** as recorded: absolute or relative, of this machine or another */ readonly path: string;
    }
  /** Behind the tracking server's artifact proxy (`mlflow-artifacts:`). */
  | { readonly kind: 'proxied'; /** no slashes at its ends */ readonly path: string; readonly host?: string }
  | { readonly kind: 'unsupported'; readonly scheme: string };

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
  if (scheme !== 'models' && scheme !== 'runs') return { kind: 'unsupported', scheme };
  try {
    return { kind: 'indirect', uri: parseModelUri(text) };
  } catch (error) {
    throw malformed(text, error);
  }
}

/** The same location with a path below it. */
export function below(location: ArtifactLocation, subpath: string): ArtifactLocation {
  if (subpath === '' || location.kind === 'unsupported') return location;
  const path = [location.path.replace(/\/+$/, ''), subpath].filter((part) => part !== '').join('/');
  return { ...location, path: location.kind === 'local' && location.path === '/' ? `/${subpath}` : path };
}

/** `file:` as MLflow records it: file:///x, file:/x and file:///C:/x, percent-encoded. */
function localPath(text: string): string {
  const windows = /^file:\/{2,3}([a-z]:[/\\].*)$/i.exec(text)?.[1];
  if (windows !== undefined) return windows;
  try {
    return fileURLToPath(new URL(text));
  } catch (error) {
    throw malformed(text, error);
  }
}

/** `mlflow-artifacts:/path` or `mlflow-artifacts://host:port/path` (MLflow's store/artifact/mlflow_artifacts_repo.py). */
function proxied(text: string, rest: string): ArtifactLocation {
  const match = /^(?:\/\/([^/]*))?(.*)$/s.exec(rest);
  const host = match?.[1]?.replace(/^.*@/, '') ?? '';
  const segments = (match?.[2] ?? '').split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) throw malformed(text);
  return { kind: 'proxied', path: segments.join('/'), ...(host === '' ? {} : { host }) };
}

function malformed(text: string, cause?: unknown): CaissonError {
  const detail = isCaissonError(cause) ? cause.message : undefined;
  return new CaissonError('STORE_FAILED', `the store records a location that makes no sense: '${text}'`, {
    cause,
    detail,
  });
}
