import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { CaissonError } from '../core/errors.ts';
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
    };

const DEFAULT_DATABASE = 'mlflow.db';
const DEFAULT_FILE_STORE = 'mlruns';
const HINT =
  'name the store with --tracking-uri or MLFLOW_TRACKING_URI: http(s)://HOST:PORT or sqlite:///FILE';

/**
 * Parses a tracking URI. User information in the URL of a server becomes its login (as in MLflow) and is never shown.
 * Throws STORE_FAILED for a kind of store that caisson does not read.
 */
export function parseTrackingUri(text: string, workingFolder: string): TrackingLocation {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'http' || scheme === 'https') return parseServer(text);
  if (scheme === 'sqlite' || scheme?.startsWith('sqlite+') === true) return parseSqlite(text, workingFolder);
  throw unsupported(text, scheme);
}

function unsupported(text: string, scheme: string | undefined): CaissonError {
  if (scheme === 'file' || (scheme === undefined && text !== 'databricks'))
    return fileStoreUnsupported(`'${text}'`);
  return new CaissonError(
    'STORE_FAILED',
    `caisson does not read tracking stores of the kind '${scheme ?? text}'`,
    {
      hint: `start 'mlflow server' with this store and give its address; ${HINT}`,
    },
  );
}

/**
 * What MLflow picks when nothing is said (tracking/_tracking_service/utils.py): a file store that holds experiments,
 * else the database mlflow.db, both in the working folder.
 */
export async function defaultTrackingLocation(workingFolder: string): Promise<TrackingLocation> {
  if (await holdsFileStore(join(workingFolder, DEFAULT_FILE_STORE)))
    throw fileStoreUnsupported(`'./${DEFAULT_FILE_STORE}'`);
  const path = join(workingFolder, DEFAULT_DATABASE);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true)
    throw new CaissonError(
      'STORE_UNREACHABLE',
      `no tracking store is named, and there is no '${DEFAULT_DATABASE}' in the working folder`,
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
  if (username === '') return { kind: 'server', url, shown };
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

function fileStoreUnsupported(shown: string): CaissonError {
  return new CaissonError('STORE_FAILED', `the tracking store ${shown} is not one that caisson reads yet`, {
    hint: `for a file store, give the model's own folder (it holds MLmodel), or start 'mlflow server' with it and name that with --tracking-uri`,
  });
}
