import type { ServerApi } from '../tracking-server/server-api.ts';
import type { ArtifactStore } from './port.ts';
import { openPresigned } from './presigned.ts';
import { type FolderQuestion, joined, listServerFiles } from './server-listing.ts';
import { serverReader } from './server-reader.ts';

/** What an `mlflow-artifacts:` URI names. */
export interface ProxiedLocation {
  /** Without slashes at its ends. */
  readonly path: string;
  /** `host[:port]` when the URI names another server than the tracking server. */
  readonly host?: string;
}

/**
 * The artifact proxy of a tracking server (`/mlflow-artifacts/artifacts`). It sends ranges since MLflow 3, but fetches the whole file from
 * its own store for each, unless that is a folder: so they serve to resume only.
 */
export function openMlflowProxy(api: ServerApi, location: ProxiedLocation): ArtifactStore {
  return {
    shown: api.shown,
    list: () =>
      listServerFiles(api, (folder) => proxyQuestion({ ...location, path: joined(location.path, folder) })),
    read: serverReader(api, ({ path }) => proxyUrl(api, { ...location, path: joined(location.path, path) })),
    close: () => Promise.resolve(),
  };
}

/** How the proxy is asked for a folder: its names are relative to it. */
export function proxyQuestion({ path, host }: ProxiedLocation): FolderQuestion {
  return {
    query: { path: 'mlflow-artifacts/artifacts', query: { path }, ...(host === undefined ? {} : { host }) },
    prefix: '',
  };
}

function proxyUrl(api: ServerApi, { path, host }: ProxiedLocation): URL {
  const segments = path.split('/').filter((segment) => segment !== '');
  const url = api.endpoint(['mlflow-artifacts/artifacts', ...segments.map(encodeURIComponent)].join('/'));
  if (host !== undefined) url.host = host;
  return url;
}

/** The same files, by URLs of the proxy's own store that it signs. */
export function openPresignedProxy(api: ServerApi, location: ProxiedLocation): ArtifactStore {
  const at = (path: string): ProxiedLocation => ({ ...location, path: joined(location.path, path) });
  return openPresigned(api, {
    folder: (folder) => proxyQuestion(at(folder)),
    sign: (path) => ({
      path: ['mlflow-artifacts/presigned', ...at(path).path.split('/').map(encodeURIComponent)].join('/'),
      ...(location.host === undefined ? {} : { host: location.host }),
    }),
  });
}
