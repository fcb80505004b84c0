import { CaissonError, throwIfAborted } from '../core/errors.ts';
import type { ArtifactLocation } from './artifact-location.ts';
import { bringHere, type Brought } from './bring-here.ts';
import type { Layer } from './fill-folder.ts';
import { findStoredFolder } from './files/local-store-path.ts';
import type { LocalModel, MaterializeRequest } from './local-model.ts';
import { openPlace } from './present.ts';

/** A model that is written while it is read is listed anew this often. */
const LISTINGS = 2;

/**
 * Brings the files of a model to this machine: a folder of this machine is used where it lies, anything else comes from the cache or is
 * downloaded into it, later layers over earlier ones. Nothing half-made stays behind when it fails. undefined when no layer holds a file.
 * Throws MODEL_SCHEME_UNSUPPORTED, DOWNLOAD_FAILED, INTERRUPTED and the errors of stores.
 */
export async function materialize(request: MaterializeRequest): Promise<LocalModel | undefined> {
  let reason = '';
  for (let listing = 1; listing <= LISTINGS; listing += 1) {
    const layers = await findLayers(request);
    try {
      const outcome = await useLayers(layers, request);
      if (outcome.kind !== 'changed') return outcome.model;
      ({ reason } = outcome);
    } finally {
      for (const layer of layers) if (layer.kind === 'remote') await layer.place.store.close();
    }
  }
  throw new CaissonError(
    'DOWNLOAD_FAILED',
    `the files of ${request.shown} are not what their store lists: ${reason}`,
    { hint: 'try again when nothing writes to the model' },
  );
}

async function useLayers(
  layers: readonly Layer[],
  request: MaterializeRequest,
): Promise<Brought | { readonly kind: 'nothing'; readonly model?: undefined }> {
  const [first] = layers;
  if (first === undefined) return { kind: 'nothing' };
  if (layers.length > 1 || first.kind === 'remote') return bringHere(layers, request);
  return { kind: 'here', model: { folder: first.folder, dispose: () => Promise.resolve() } };
}

/** The layers that hold files. MLflow too goes on without the files of the run when it has those of the logged model. */
async function findLayers(request: MaterializeRequest): Promise<readonly Layer[]> {
  const found: Layer[] = [];
  let unreadable: unknown;
  for (const [index, location] of request.layers.entries()) {
    try {
      const layer = await findLayer(location, index, request);
      if (layer !== undefined) found.push(layer);
    } catch (error) {
      if (!(error instanceof CaissonError) || error.code !== 'MODEL_SCHEME_UNSUPPORTED') throw error;
      if (index === request.layers.length - 1) unreadable = error;
      else unreadable ??= error;
    }
  }
  const isLastMissing = unreadable !== undefined && found.length === 0;
  if (isLastMissing) throw unreadable as Error;
  return found;
}

async function findLayer(
  location: ArtifactLocation,
  index: number,
  request: MaterializeRequest,
): Promise<Layer | undefined> {
  const { shown, folders, api, openDirect, openLent, references, policy, signal } = request;
  throwIfAborted(signal);
  if (location.kind === 'local') {
    const folder = await findStoredFolder(location.path, folders);
    if (folder !== undefined) return { kind: 'local', folder };
    // a folder of the server's machine
    if (api === undefined) return undefined;
  }
  const reference = references?.[index];
  const place = await openPlace(
    location,
    {
      shown,
      policy,
      ...(api === undefined ? {} : { api }),
      ...(openDirect === undefined ? {} : { openDirect }),
      ...(openLent === undefined ? {} : { openLent }),
      ...(reference === undefined ? {} : { reference }),
    },
    signal,
  );
  return place === undefined ? undefined : { kind: 'remote', place };
}
