import type { ModelOrigin } from '../model/resolved-model.ts';
import type { ArtifactLocation } from './artifact-location.ts';
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
  return layers.map((place, index) => {
    let found: ReturnType<FindReference> | undefined;
    return () => (found ??= referenceOf(uri, { place, origin, isLast: index === last }, api));
  });
}

interface Layer {
  readonly place: ArtifactLocation;
  readonly origin: ModelOrigin;
  readonly isLast: boolean;
}

async function referenceOf(
  uri: StoredModelUri,
  { place, origin, isLast }: Layer,
  api: ServerApi,
): Promise<ServerReference | undefined> {
  const { modelId, runId } = origin;
  if (uri.kind === 'run') {
    // the logged model of the run is the layer above the files of the run itself
    if (!isLast || modelId === undefined) return { kind: 'run', runId: uri.runId, path: uri.path };
    return { kind: 'logged-model', modelId, path: uri.path.split('/').slice(1).join('/') };
  }
  // a place by its own address is nothing that a server has a name for
  if (uri.kind === 'artifact') return undefined;
  if (modelId !== undefined && isLast) return { kind: 'logged-model', modelId, path: uri.subpath };
  if (uri.kind === 'logged-model' || runId === undefined) return undefined;
  const { referenceInRun } = await import('./artifacts/server-bytes.ts');
  return referenceInRun(api, runId, place);
}
