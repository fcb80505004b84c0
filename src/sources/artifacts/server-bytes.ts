import { type ArtifactLocation, type IndirectLocation, parseArtifactLocation } from '../artifact-location.ts';
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
 * What the server calls a place that lies below the root of one of its runs, as the files of a registered version of MLflow 2 do. The
 * registry that told the place may be another server, whose names mean other models here: only the place is compared. undefined when it
 * lies elsewhere. Throws what ServerApi throws.
 */
export async function referenceInRun(
  api: ServerApi,
  runId: string,
  place: ArtifactLocation,
): Promise<ServerReference | undefined> {
  const run = await api.ask({ path: 'mlflow/runs/get', query: { run_id: runId } });
  if (run.kind === 'missing') return undefined;
  const root = textOf(objectOf(objectOf(run.value, 'run'), 'info'), 'artifact_uri');
  const path = root === undefined ? undefined : pathBelow(parseArtifactLocation(root), place);
  return path === undefined ? undefined : { kind: 'run', runId, path };
}

/** undefined when the place is not below the root. */
function pathBelow(root: ArtifactLocation | IndirectLocation, place: ArtifactLocation): string | undefined {
  const [start, end] = [addressOf(root), addressOf(place)];
  if (start === undefined || end === undefined) return undefined;
  if (end === start) return '';
  return end.startsWith(`${start}/`) ? end.slice(start.length + 1) : undefined;
}

function addressOf(location: ArtifactLocation | IndirectLocation): string | undefined {
  switch (location.kind) {
    case 'remote':
    case 'unsupported':
      return location.uri.replace(/\/+$/, '');
    case 'local':
      return `file:${location.path.replace(/\/+$/, '')}`;
    case 'proxied':
      return `mlflow-artifacts://${location.host ?? ''}/${location.path}`;
    case 'indirect':
      return undefined;
  }
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
