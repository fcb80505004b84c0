import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { CaissonError } from '../core/errors.ts';
import { splitUri } from '../model/uri-parts.ts';
import { type DatabricksPlace, parseDatabricksUri } from './databricks/databricks-uri.ts';
import type { TrackingCredentials } from './port.ts';

/** A tracking store that caisson can read. */
export type TrackingLocation =
  | {
      readonly kind: 'sqlite';
      /** absolute */ readonly path: string;
      /** as shown in errors */ readonly shown: string;
    }
  | {
      readonly kind: 'server';
      readonly url: URL;
      readonly shown: string;
      readonly login?: TrackingCredentials;
    }
  /** A file store: the folder mlruns. */
  | { readonly kind: 'files'; /** absolute */ readonly path: string; readonly shown: string }
  | { readonly kind: 'databricks'; readonly place: DatabricksPlace };

const DEFAULT_DATABASE = 'mlflow.db';
const DEFAULT_FILE_STORE = 'mlruns';
const HINT =
  'name the store with --tracking-uri or MLFLOW_TRACKING_URI: http(s)://HOST:PORT, sqlite:///FILE or a folder';

/**
 * Parses a tracking URI. User information in the URL of a server becomes its login (as in MLflow) and is never shown.
 * Throws STORE_FAILED for a kind of store that caisson does not read.
 */
export function parseTrackingUri(text: string, workingFolder: string): TrackingLocation {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'http' || scheme === 'https') return parseServer(text);
  if (scheme === 'sqlite' || scheme?.startsWith('sqlite+') === true) return parseSqlite(text, workingFolder);
  const place = parseDatabricksUri(text);
  if (place !== undefined) return { kind: 'databricks', place };
  if (scheme === 'file') return { kind: 'files', path: resolve(workingFolder, folderOf(text)), shown: text };
  if (scheme === undefined) return { kind: 'files', path: resolve(workingFolder, text), shown: text };
  throw new CaissonError('STORE_FAILED', `caisson does not read tracking stores of the kind '${scheme}'`, {
    hint: `start 'mlflow server' with this store and give its address; ${HINT}`,
  });
}

/** `file:///x`, `file:/x`, `file://localhost/x` and the relative `file:x`, percent-encoded. */
function folderOf(text: string): string {
  const { authority, path } = splitUri(text);
  if ((authority === '' || authority.toLowerCase() === 'localhost') && path !== '') return decode(path);
  throw new CaissonError('STORE_FAILED', `the tracking URI '${text}' names no folder of this machine`, {
    hint: HINT,
  });
}

/**
 * What MLflow picks when nothing is said (tracking/_tracking_service/utils.py): a file store that holds experiments,
 * else the database mlflow.db, both in the working folder.
 */
export async function defaultTrackingLocation(workingFolder: string): Promise<TrackingLocation> {
  const files = join(workingFolder, DEFAULT_FILE_STORE);
  if (await holdsFileStore(files)) return { kind: 'files', path: files, shown: `./${DEFAULT_FILE_STORE}` };
  const path = join(workingFolder, DEFAULT_DATABASE);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true)
    throw new CaissonError(
      'STORE_UNREACHABLE',
      `no tracking store is named, and there is neither '${DEFAULT_FILE_STORE}' nor '${DEFAULT_DATABASE}' in the working folder`,
      {
        hint: HINT,
      },
    );
  return { kind: 'sqlite', path, shown: `sqlite:///${DEFAULT_DATABASE}` };
}

function parseServer(text: string): TrackingLocation {
  if (!URL.canParse(text))
    throw new CaissonError('STORE_FAILED', 'the tracking URI is not a URL', { hint: HINT });
  const url = new URL(text);
  const username = decode(url.username);
  const password = decode(url.password);
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  url.pathname = url.pathname.replace(/\/+$/, '');
  const shown = url.href.replace(/\/$/, '');
  // to Python's requests, a name alone is no login
  if (password === '') return { kind: 'server', url, shown };
  return { kind: 'server', url, shown, login: { kind: 'basic', username, password } };
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** `sqlite:///relative`, `sqlite:////absolute`, as SQLAlchemy reads it: no percent-decoding, a query is options. */
function parseSqlite(text: string, workingFolder: string): TrackingLocation {
  const path = /^[^:]+:\/\/\/([^?]*)/.exec(text)?.[1];
  if (path === undefined || path === '' || path === ':memory:')
    throw new CaissonError('STORE_FAILED', `the tracking URI '${text}' names no database file`, {
      hint: 'sqlite:///FILE is relative to the working folder, sqlite:////FILE is absolute',
    });
  const absolute = isAbsolute(path) ? path : resolve(workingFolder, path);
  return { kind: 'sqlite', path: absolute, shown: `sqlite:///${path}` };
}

async function holdsFileStore(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isDirectory() || !/^\d+$/.test(entry.name)) continue;
    const found = await stat(join(folder, entry.name, 'meta.yaml')).catch(() => undefined);
    if (found !== undefined) return true;
  }
  return false;
}
