import { CaissonError } from '../core/errors.ts';
import { withoutUndefined } from '../core/objects.ts';
import { type DatabricksAuthority, formatDatabricksAuthority } from '../model/databricks-authority.ts';
import { formatModelUri, type ModelUri, type RegisteredModelUri } from '../model/model-uri.ts';
import type { ModelOrigin } from '../model/resolved-model.ts';
import { splitUri } from '../model/uri-parts.ts';
import { below, parseArtifactLocation, type ArtifactLocation } from './artifact-location.ts';
import { unknownAlias, unknownLoggedModel, unknownRun, unknownStage, unknownVersion } from './not-found.ts';
import type { RegistryStore, RunStore, VersionRecord } from './tracking-store.ts';

/** Where the files of a model may lie: where two places have the same file, the later one wins. */
export interface LocatedModel {
  readonly layers: readonly ArtifactLocation[];
  readonly origin: ModelOrigin;
}

/** Runs and logged models in one store, registered models in the same or in another one. */
export interface Stores {
  readonly store: RunStore;
  readonly registry: RegistryStore;
}

/** Every kind but a folder. */
export type StoredModelUri = Exclude<ModelUri, { readonly kind: 'folder' }>;

/** A version may name a logged model, which names a place: two steps; more is a circle. */
const MAX_STEPS = 8;

/**
 * Asks the store where a model is, as MLflow's client does (store/artifact/runs_artifact_repo.py and
 * models_artifact_repo.py). Throws MODEL_NOT_FOUND with what there is instead, and what the store throws.
 */
export async function locateModel(stores: Stores, uri: StoredModelUri): Promise<LocatedModel> {
  return locate(stores, uri, MAX_STEPS);
}

async function locate(stores: Stores, uri: StoredModelUri, steps: number): Promise<LocatedModel> {
  switch (uri.kind) {
    case 'artifact':
      return locatePlace(uri);
    case 'run':
      return locateRun(stores.store, uri);
    case 'logged-model':
      return locateLoggedModel(stores, uri);
    case 'version':
    case 'latest':
    case 'stage':
    case 'alias':
      return locateRegistered(stores, uri, steps);
  }
}

/** No store is asked: the address says it all. */
function locatePlace(uri: Extract<ModelUri, { readonly kind: 'artifact' }>): LocatedModel {
  const location = parseArtifactLocation(uri.uri);
  if (location.kind === 'indirect') throw new CaissonError('INTERNAL', `'${uri.uri}' is no place of files`);
  const { login } = uri;
  const layer =
    (location.kind === 'remote' || location.kind === 'proxied') && login !== undefined
      ? { ...location, login }
      : location;
  return { layers: [layer], origin: { uri: formatModelUri(uri) } };
}

/**
 * The files below the run, and since MLflow 3 the logged model that the run made under this name, which lies
 * elsewhere and wins.
 */
async function locateRun(
  store: RunStore,
  uri: Extract<ModelUri, { readonly kind: 'run' }>,
): Promise<LocatedModel> {
  const run = await store.findRun(uri.runId);
  if (run === undefined) throw unknownRun(store, uri.runId);
  const [name = '', ...rest] = uri.path.split('/');
  const models = name === '' ? [] : await store.loggedModelsOf(run, name);
  const model = models.find((candidate) => candidate.name === name);
  const origin: ModelOrigin = { uri: formatModelUri(uri), runId: uri.runId };
  const placed = (artifactUri: string, subpath: string): ArtifactLocation =>
    inWorkspace(place(store, artifactUri, subpath), uri.databricks);
  const layers = run.artifactUri === '' ? [] : [placed(run.artifactUri, uri.path)];
  if (model === undefined) return { layers, origin };
  return {
    layers: [...layers, placed(model.artifactUri, rest.join('/'))],
    origin: { ...origin, modelId: model.modelId },
  };
}

async function locateLoggedModel(
  stores: Stores,
  uri: Extract<ModelUri, { readonly kind: 'logged-model' }>,
): Promise<LocatedModel> {
  const { store } = stores;
  const model = await store.findLoggedModel(uri.modelId);
  if (model === undefined) throw await unknownLoggedModel(stores, uri.modelId);
  return {
    layers: [place(store, model.artifactUri, uri.subpath)],
    origin: {
      uri: formatModelUri(uri),
      modelId: model.modelId,
      ...(model.sourceRunId === undefined ? {} : { runId: model.sourceRunId }),
    },
  };
}

async function locateRegistered(
  stores: Stores,
  uri: RegisteredModelUri,
  steps: number,
): Promise<LocatedModel> {
  const { registry } = stores;
  const version = await pinVersion(registry, uri);
  const record = await registry.findVersion(uri.name, version);
  if (record === undefined) throw await unknownVersion(registry, uri.name, version);
  const { layers, origin } = await locateVersion(stores, { record, subpath: uri.subpath, steps });
  const { name, subpath, databricks } = uri;
  const pinned = formatModelUri(
    withoutUndefined({ kind: 'version' as const, name, version, subpath, databricks }),
  );
  return {
    layers,
    origin: {
      ...origin,
      uri: formatModelUri(uri),
      ...(uri.kind === 'version' ? {} : { pinnedUri: pinned }),
      registeredName: uri.name,
      registeredVersion: version,
    },
  };
}

async function pinVersion(store: RegistryStore, uri: RegisteredModelUri): Promise<number> {
  if (uri.kind === 'version') return uri.version;
  const model = await store.findRegisteredModel(uri.name);
  if (uri.kind === 'alias') {
    const found = model?.aliases.find(({ alias }) => alias === uri.alias);
    if (found === undefined) throw await unknownAlias(store, { uri, model });
    return found.version;
  }
  const candidates = (model?.latest ?? []).filter(
    ({ stage }) => uri.kind === 'latest' || stage === uri.stage,
  );
  if (candidates.length === 0) throw await unknownStage(store, { uri, model });
  return Math.max(...candidates.map(({ version }) => version));
}

interface VersionStep {
  readonly record: VersionRecord;
  readonly subpath: string;
  readonly steps: number;
}

async function locateVersion(stores: Stores, { record, subpath, steps }: VersionStep): Promise<LocatedModel> {
  const known = originOf(record);
  if (record.givenOutBy === 'registry') {
    const held = { kind: 'remote', scheme: 'models', uri: record.location } as const;
    return { layers: [below(held, subpath)], origin: known };
  }
  const location = parseArtifactLocation(record.location);
  if (location.kind !== 'indirect') return { layers: [below(location, subpath)], origin: known };
  if (steps === 0 || location.uri.kind === 'folder')
    throw new CaissonError(
      'STORE_FAILED',
      `${stores.registry.shown} records locations of '${record.name}' that go in a circle`,
    );
  const inner = await locate(stores, location.uri, steps - 1);
  return {
    layers: inner.layers.map((layer) => below(layer, subpath)),
    origin: { ...inner.origin, ...known },
  };
}

/** In MLflow 3 a version's source names its logged model even when the files are recorded elsewhere. */
function originOf(record: VersionRecord): ModelOrigin {
  const modelId = record.modelId ?? /^models:\/(m-[0-9a-f]{32})$/.exec(record.source ?? '')?.[1];
  return {
    uri: '',
    ...(record.runId === undefined ? {} : { runId: record.runId }),
    ...(modelId === undefined ? {} : { modelId }),
  };
}

/** What a workspace records of DBFS is its own, which another profile cannot open (MLflow's add_databricks_profile_info_to_artifact_uri). */
function inWorkspace(
  location: ArtifactLocation,
  databricks: DatabricksAuthority | undefined,
): ArtifactLocation {
  if (databricks === undefined || location.kind !== 'remote' || location.scheme !== 'dbfs') return location;
  const { authority, path } = splitUri(location.uri);
  if (authority !== '') return location;
  return {
    ...location,
    uri: `dbfs://${formatDatabricksAuthority({ ...databricks, scheme: 'databricks' })}${path}`,
  };
}

function place(store: RunStore, artifactUri: string, subpath: string): ArtifactLocation {
  const location = parseArtifactLocation(artifactUri);
  if (location.kind === 'indirect')
    throw new CaissonError('STORE_FAILED', `${store.shown} records '${artifactUri}' as a place of files`);
  return below(location, subpath);
}
