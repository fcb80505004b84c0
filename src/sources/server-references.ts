import type { ModelOrigin } from '../model/resolved-model.ts';
import type { ServerReference } from './artifacts/server-bytes.ts';
import type { LocatedModel, StoredModelUri } from './locate.ts';
import type { ServerApi } from './tracking-server/server-api.ts';

export type FindReference = () => Promise<ServerReference | undefined>;

/** What the tracking server calls each layer of a model; where only it can tell, it is asked when that is needed, once. */
export function referencesOf(
  uri: StoredModelUri,
  { layers, origin }: LocatedModel,
  api: ServerApi,
): readonly FindReference[] {
  const last = layers.length - 1;
  return layers.map((_, index) => {
    let found: ReturnType<FindReference> | undefined;
    return () => (found ??= referenceOf(uri, { origin, isLast: index === last }, api));
  });
}

interface Layer {
  readonly origin: ModelOrigin;
  readonly isLast: boolean;
}

async function referenceOf(
  uri: StoredModelUri,
  { origin, isLast }: Layer,
  api: ServerApi,
): Promise<ServerReference | undefined> {
  const { modelId, runId, registeredVersion } = origin;
  if (uri.kind === 'run') {
    // the logged model of the run is the layer above the files of the run itself
    if (!isLast || modelId === undefined) return { kind: 'run', runId: uri.runId, path: uri.path };
    return { kind: 'logged-model', modelId, path: uri.path.split('/').slice(1).join('/') };
  }
  // a place by its own address is nothing that a server has a name for
  if (uri.kind === 'artifact') return undefined;
  if (modelId !== undefined) return { kind: 'logged-model', modelId, path: uri.subpath };
  if (uri.kind === 'logged-model' || runId === undefined || registeredVersion === undefined) return undefined;
  const { referenceOfVersion } = await import('./artifacts/server-bytes.ts');
  const found = await referenceOfVersion(api, { name: uri.name, version: registeredVersion, runId });
  if (found === undefined || uri.subpath === '') return found;
  return { ...found, path: found.path === '' ? uri.subpath : `${found.path}/${uri.subpath}` };
}
