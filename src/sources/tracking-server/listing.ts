import { CaissonError } from '../../core/errors.ts';
import { listOf, numberOf, textOf } from './json-fields.ts';
import type { JsonObject, ServerApi } from './server-api.ts';

/** A file that the server's artifact proxy offers. */
export interface RemoteFile {
  /** Relative to the listed root, forward slashes, safe to be joined to a local folder. */
  readonly path: string;
  /** Bytes; old servers do not say. */
  readonly size?: number;
}

const MAX_DEPTH = 64;
const MAX_FILES = 100_000;

/**
 * Lists all files below a path of the artifact proxy, folder by folder (`GET /mlflow-artifacts/artifacts?path=`, whose
 * paths are relative to the requested one). The answer is input from elsewhere: anything that could lead out of the
 * folder is refused. Throws STORE_FAILED and what ServerApi throws; a path that does not exist gives no files.
 */
export async function listRemoteFiles(
  api: ServerApi,
  location: ProxiedLocation,
): Promise<readonly RemoteFile[]> {
  const files: RemoteFile[] = [];
  let folders: readonly string[] = [''];
  for (let depth = 0; folders.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw api.failed(`lists folders more than ${MAX_DEPTH} deep`);
    const next: string[] = [];
    for (const folder of folders) {
      for (const entry of await listRemoteFolder(api, { ...location, path: join(location.path, folder) })) {
        const path = join(folder, entry.name);
        if (entry.kind === 'folder') next.push(path);
        else files.push({ path, ...(entry.size === undefined ? {} : { size: entry.size }) });
      }
      if (files.length > MAX_FILES) throw api.failed(`lists more than ${MAX_FILES} files`);
    }
    folders = next;
  }
  return files;
}

/** What an `mlflow-artifacts:` URI names. */
export interface ProxiedLocation {
  /** Without slashes at its ends. */
  readonly path: string;
  /** `host[:port]` when the URI names another server than the tracking server. */
  readonly host?: string;
}

/** The URL of a file, or of the listing when there is no path. */
export function artifactUrl(api: ServerApi, location: ProxiedLocation): URL {
  const segments = location.path.split('/').filter((segment) => segment !== '');
  const path = ['mlflow-artifacts', 'artifacts', ...segments.map(encodeURIComponent)].join('/');
  const url = api.endpoint(path);
  if (location.host !== undefined) url.host = location.host;
  return url;
}

/** One entry of a folder. */
export interface RemoteEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder';
  readonly size?: number;
}

/** The entries of one folder; none when it does not exist. */
export async function listRemoteFolder(
  api: ServerApi,
  location: ProxiedLocation,
): Promise<readonly RemoteEntry[]> {
  const answer = await api.ask({
    path: 'mlflow-artifacts/artifacts',
    query: { path: location.path },
    ...(location.host === undefined ? {} : { host: location.host }),
  });
  if (answer.kind === 'missing') return [];
  return listOf(answer.value, 'files').map((file) => parseEntry(file, location));
}

function parseEntry(file: JsonObject, location: ProxiedLocation): RemoteEntry {
  const name = textOf(file, 'path') ?? '';
  const segments = name.split('/');
  const unsafe = segments.some((segment) => segment === '' || segment === '.' || segment === '..');
  if (unsafe || name.includes('\\') || /\p{Cc}/u.test(name))
    throw new CaissonError(
      'STORE_FAILED',
      `the tracking server lists '${name.replace(/\p{Cc}/gu, '\uFFFD')}' below '${location.path}', which is not a safe path`,
      { hint: 'rename the file in the artifact store, if it is there at all' },
    );
  const size = numberOf(file, 'file_size');
  return {
    name,
    kind: file['is_dir'] === true ? 'folder' : 'file',
    ...(size === undefined ? {} : { size }),
  };
}

const join = (folder: string, name: string): string => [folder, name].filter((part) => part !== '').join('/');
