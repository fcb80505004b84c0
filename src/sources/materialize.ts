import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CaissonError, throwIfAborted } from '../core/errors.ts';
import { type Emit, runStep } from '../core/events.ts';
import type { ArtifactLocation } from './artifact-location.ts';
import { listModelFiles } from './files/list-files.ts';
import { findStoredFolder, type StoreFolders } from './files/local-store-path.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';
import { throttled } from './throttled.ts';
import { downloadFiles } from './tracking-server/download.ts';
import { listRemoteFiles, type ProxiedLocation, type RemoteFile } from './tracking-server/listing.ts';
import type { ServerApi } from './tracking-server/server-api.ts';

export interface MaterializeRequest {
  readonly layers: readonly ArtifactLocation[];
  /** How errors name the model. */
  readonly shown: string;
  readonly folders: StoreFolders;
  readonly cacheFolder: string;
  /** Absent when the store is not a server. */
  readonly api?: ServerApi;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** The model's files on this machine. */
export interface LocalModel {
  readonly folder: string;
  /** Removes what was brought here; leaves alone what was here. */
  dispose(): Promise<void>;
}

type Present =
  | { readonly kind: 'local'; readonly folder: string }
  | {
      readonly kind: 'remote';
      readonly location: ProxiedLocation;
      readonly files: readonly RemoteFile[];
      readonly api: ServerApi;
    };

/**
 * Brings the files of a model to this machine: a folder of this machine is used where it lies, anything else goes
 * into a private folder, later layers over earlier ones. Nothing stays behind when it fails. undefined when no layer
 * holds a file. Throws MODEL_SCHEME_UNSUPPORTED, DOWNLOAD_FAILED, INTERRUPTED and the errors of stores.
 */
export async function materialize(request: MaterializeRequest): Promise<LocalModel | undefined> {
  const present: Present[] = [];
  for (const [index, layer] of request.layers.entries()) {
    const found = await find(layer, request);
    if (found !== undefined && found !== 'unreadable') present.push(found);
    // MLflow too goes on without the files of the run when it has those of the logged model
    else if (found === 'unreadable' && index === request.layers.length - 1) throw unreadable(layer, request);
  }
  const [first] = present;
  if (first === undefined) {
    const hidden = request.layers.find(
      (layer) => layer.kind !== 'local' && (layer.kind !== 'proxied' || !request.api),
    );
    if (hidden !== undefined) throw unreadable(hidden, request);
    return undefined;
  }
  if (present.length === 1 && first.kind === 'local')
    return { folder: first.folder, dispose: () => Promise.resolve() };
  return bringHere(present, request);
}

async function find(
  layer: ArtifactLocation,
  { folders, api, signal }: MaterializeRequest,
): Promise<Present | 'unreadable' | undefined> {
  if (layer.kind === 'unsupported' || layer.kind === 'remote') return 'unreadable';
  if (layer.kind === 'local') {
    const folder = await findStoredFolder(layer.path, folders);
    return folder === undefined ? undefined : { kind: 'local', folder };
  }
  if (api === undefined) return 'unreadable';
  throwIfAborted(signal);
  const files = await listRemoteFiles(api, layer);
  return files.length === 0 ? undefined : { kind: 'remote', location: layer, files, api };
}

async function bringHere(present: readonly Present[], request: MaterializeRequest): Promise<LocalModel> {
  const temporary = await makeTemporaryFolder(request.cacheFolder, 'model');
  try {
    for (const layer of present) {
      if (layer.kind === 'local') await copyFolder(layer.folder, temporary.path, request);
      else await download(layer, temporary.path, request);
    }
    return { folder: temporary.path, dispose: () => temporary.remove() };
  } catch (error) {
    await temporary.remove();
    throw error;
  }
}

async function copyFolder(
  source: string,
  target: string,
  { shown, signal }: MaterializeRequest,
): Promise<void> {
  for (const { path } of await listModelFiles({ folder: source, shown }, signal)) {
    await mkdir(dirname(join(target, path)), { recursive: true, mode: 0o700 });
    await copyFile(join(source, path), join(target, path));
  }
}

function download(
  { location, files, api }: Extract<Present, { readonly kind: 'remote' }>,
  target: string,
  { emit, signal }: MaterializeRequest,
): Promise<void> {
  const total = files.some(({ size }) => size === undefined)
    ? undefined
    : files.reduce((sum, { size = 0 }) => sum + size, 0);
  return runStep(emit, { step: 'download', title: 'downloading the model' }, async (step) => {
    let done = 0;
    const report = throttled(
      (count) => step.progress({ done: count, unit: 'bytes', ...(total === undefined ? {} : { total }) }),
      total,
    );
    const onBytes = (count: number): void => {
      done += count;
      report(done);
    };
    await downloadFiles({ api, location, files, target, signal, onBytes });
    step.note(`${files.length} files`);
  });
}

function unreadable(layer: ArtifactLocation, { shown }: MaterializeRequest): CaissonError {
  if (layer.kind === 'unsupported' || layer.kind === 'remote')
    return new CaissonError(
      'MODEL_SCHEME_UNSUPPORTED',
      `the files of ${shown} lie at a '${layer.scheme}:' location, which caisson does not read`,
      {
        hint: "download the model with 'mlflow artifacts download' and give its folder",
      },
    );
  return new CaissonError(
    'MODEL_SCHEME_UNSUPPORTED',
    `the files of ${shown} lie behind a tracking server ('mlflow-artifacts:')`,
    {
      hint: 'give the address of that server with --tracking-uri http(s)://HOST:PORT',
    },
  );
}
