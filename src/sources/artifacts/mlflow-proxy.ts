import type { ServerApi } from '../tracking-server/server-api.ts';
import type { ArtifactStore } from './port.ts';
import { openPresigned } from './presigned.ts';
import { type FolderQuestion, joined, listServerFiles } from './server-listing.ts';
import { serverReader } from './server-reader.ts';

/**
 * The artifact proxy of a server (`/mlflow-artifacts/artifacts`), at a path without slashes at its ends. It sends ranges since MLflow 3, but
 * fetches the whole file from its own store for each, unless that is a folder: so they serve to resume only.
 */
export function openMlflowProxy(api: ServerApi, place: string): ArtifactStore {
  return {
    shown: api.shown,
    list: () => listServerFiles(api, (folder) => proxyQuestion(joined(place, folder))),
    read: serverReader(api, ({ path }) => api.endpoint(route('artifacts', joined(place, path)))),
    close: () => Promise.resolve(),
  };
}

/** How the proxy is asked for a folder: its names are relative to it. */
export const proxyQuestion = (path: string): FolderQuestion => ({
  query: { path: 'mlflow-artifacts/artifacts', query: { path } },
  prefix: '',
});

/** The same files, by URLs of the proxy's own store that it signs. */
export function openPresignedProxy(api: ServerApi, place: string): ArtifactStore {
  return openPresigned(api, {
    folder: (folder) => proxyQuestion(joined(place, folder)),
    sign: (path) => ({ path: route('presigned', joined(place, path)) }),
  });
}

function route(name: string, path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  return [`mlflow-artifacts/${name}`, ...segments.map(encodeURIComponent)].join('/');
}
