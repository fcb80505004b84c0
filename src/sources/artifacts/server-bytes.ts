import { textOf, objectOf } from '../tracking-server/json-fields.ts';
import type { ServerApi } from '../tracking-server/server-api.ts';
import type { ArtifactStore } from './port.ts';
import { openPresigned } from './presigned.ts';
import { type FolderQuestion, joined, listServerFiles } from './server-listing.ts';
import { serverReader } from './server-reader.ts';

/** A place as the tracking server itself knows it, whatever store it lies in. Paths have no slashes at their ends. */
export type ServerReference =
  | { readonly kind: 'run'; readonly runId: string; readonly path: string }
  | { readonly kind: 'logged-model'; readonly modelId: string; readonly path: string };

/**
 * The routes by which the pages of a tracking server show files: it reads them from the store with its own credentials. The server fetches
 * the whole file for each range, so they serve to resume only.
 */
export function openServerBytes(api: ServerApi, reference: ServerReference): ArtifactStore {
  return {
    shown: api.shown,
    list: () => listServerFiles(api, (folder) => referenceQuestion(reference, folder)),
    read: serverReader(api, ({ path }) => bytesUrl(api, reference, joined(reference.path, path))),
    close: () => Promise.resolve(),
  };
}

/** How the server is asked for a folder below a reference: its names are relative to the root of the run or model. */
function referenceQuestion(reference: ServerReference, folder: string): FolderQuestion {
  const path = joined(reference.path, folder);
  if (reference.kind === 'run')
    return {
      query: {
        path: 'mlflow/artifacts/list',
        query: { run_id: reference.runId, ...(path === '' ? {} : { path }) },
      },
      prefix: path,
    };
  return {
    query: {
      path: `mlflow/logged-models/${encodeURIComponent(reference.modelId)}/artifacts/directories`,
      query: path === '' ? {} : { artifact_directory_path: path },
      since: 'mlflow-3',
    },
    prefix: path,
  };
}

function bytesUrl(api: ServerApi, reference: ServerReference, path: string): URL {
  if (reference.kind === 'run') return pageUrl(api, 'get-artifact', { run_id: reference.runId, path });
  const route = `ajax-api/2.0/mlflow/logged-models/${encodeURIComponent(reference.modelId)}/artifacts/files`;
  return pageUrl(api, route, { artifact_file_path: path });
}

/** Routes of the pages lie beside /api/2.0. */
function pageUrl(api: ServerApi, route: string, query: Readonly<Record<string, string>>): URL {
  const url = api.endpoint('');
  url.pathname = url.pathname.replace(/\/api\/2\.0\/$/, `/${route}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

/**
 * The place of a registered version of MLflow 2, whose files are those of a run: where they lie below the run's root. undefined when they
 * lie elsewhere. Throws what ServerApi throws.
 */
export async function referenceOfVersion(
  api: ServerApi,
  { name, version, runId }: { readonly name: string; readonly version: number; readonly runId: string },
): Promise<ServerReference | undefined> {
  const [run, place] = await Promise.all([
    api.ask({ path: 'mlflow/runs/get', query: { run_id: runId } }),
    api.ask({ path: 'mlflow/model-versions/get-download-uri', query: { name, version: String(version) } }),
  ]);
  if (run.kind === 'missing' || place.kind === 'missing') return undefined;
  const root = textOf(objectOf(objectOf(run.value, 'run'), 'info'), 'artifact_uri')?.replace(/\/+$/, '');
  const source = textOf(place.value, 'artifact_uri')?.replace(/\/+$/, '');
  if (root === undefined || source === undefined) return undefined;
  if (source === root) return { kind: 'run', runId, path: '' };
  return source.startsWith(`${root}/`)
    ? { kind: 'run', runId, path: source.slice(root.length + 1) }
    : undefined;
}

/** The files of a run whose root is a cloud store, by URLs that the server signs with its own credentials. */
export function openPresignedRun(
  api: ServerApi,
  reference: Extract<ServerReference, { readonly kind: 'run' }>,
): ArtifactStore {
  return openPresigned(api, {
    folder: (folder) => referenceQuestion(reference, folder),
    sign: (path) => ({
      path: 'mlflow/artifacts/presigned-download-url',
      since: 'mlflow-3',
      json: { run_id: reference.runId, path: joined(reference.path, path) },
    }),
  });
}
