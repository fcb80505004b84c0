import { CaissonError, isCaissonError, throwIfAborted } from '../core/errors.ts';
import type { ArtifactLocation } from './artifact-location.ts';
import { bringHere, type Brought } from './bring-here.ts';
import type { Layer } from './fill-folder.ts';
import { findStoredFolder } from './files/local-store-path.ts';
import type { LocalModel, MaterializeRequest } from './local-model.ts';
import { openPlace, type PlaceOutcome } from './open-place.ts';

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

/**
 * The layers that hold files. MLflow too goes on without the files of the run when it has those of the logged model: so do we where the
 * server lists none, although this machine may not look for itself.
 */
async function findLayers(request: MaterializeRequest): Promise<readonly Layer[]> {
  const found: Layer[] = [];
  let unreadable: CaissonError | undefined;
  for (const [index, location] of request.layers.entries()) {
    const isLast = index === request.layers.length - 1;
    const layer = await findLayer(location, index, request).catch(unsupported);
    if (layer.kind === 'local' || layer.kind === 'remote') found.push(layer);
    if (layer.kind === 'unproven' && isLast) throw layer.reason;
    if ('reason' in layer) unreadable = isLast ? layer.reason : (unreadable ?? layer.reason);
  }
  if (unreadable !== undefined && found.length === 0) throw unreadable;
  return found;
}

function unsupported(error: unknown): { readonly kind: 'unsupported'; readonly reason: CaissonError } {
  if (isCaissonError(error) && error.code === 'MODEL_SCHEME_UNSUPPORTED')
    return { kind: 'unsupported', reason: error };
  throw error;
}

type FoundLayer = Layer | Exclude<PlaceOutcome, { readonly kind: 'opened' }>;

async function findLayer(
  location: ArtifactLocation,
  index: number,
  request: MaterializeRequest,
): Promise<FoundLayer> {
  const { shown, folders, api, openDirect, openLent, references, policy, signal } = request;
  throwIfAborted(signal);
  if (location.kind === 'local') {
    const folder = await findStoredFolder(location.path, folders);
    if (folder !== undefined) return { kind: 'local', folder };
    // a folder of the server's machine
    if (api === undefined) return { kind: 'empty' };
  }
  const reference = references?.[index];
  const outcome = await openPlace(
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
  return outcome.kind === 'opened' ? { kind: 'remote', place: outcome.place } : outcome;
}
