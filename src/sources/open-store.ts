import { dirname } from 'node:path';
import { isCaissonError } from '../core/errors.ts';
import { databricksUri } from '../model/databricks-authority.ts';
import { type DatabricksPlace, defaultRegistryOf } from './databricks/databricks-uri.ts';
import type { StoreFolders } from './files/local-store-path.ts';
import type { StoredModelUri, Stores } from './locate.ts';
import type { SourcesConfig } from './port.ts';
import { type ServerLocation, trackingServer } from './server-client.ts';
import type { ServerApi } from './tracking-server/server-api.ts';
import { ServerStore } from './tracking-server/server-store.ts';
import { requireWorkspaces } from './tracking-server/server-workspace.ts';
import type { RegistryStore, RunStore, TrackingStore } from './tracking-store.ts';
import { defaultTrackingLocation, parseTrackingUri, type TrackingLocation } from './tracking-uri.ts';

/** The open stores, and what is needed to fetch the files that they name. */
export interface OpenStore extends Stores {
  readonly folders: StoreFolders;
  /** Present when one of them is a tracking server: the one that has the runs, where both are. */
  readonly api?: ServerApi;
  close(): Promise<void>;
}

/** One store, whichever part of it is asked. */
interface Opened {
  readonly store: RunStore;
  readonly registry: RegistryStore;
  readonly folder?: string;
  readonly api?: ServerApi;
}

type OpenedRuns = Omit<Opened, 'registry'>;
type OpenedRegistry = Omit<Opened, 'store'>;

const isNamed = (uri: string | undefined): uri is string => uri !== undefined && uri !== '';

/** Opens the stores that MLflow's client would pick for a URI. Throws STORE_UNREACHABLE, STORE_DENIED, STORE_FAILED. */
export async function openStore(
  uri: StoredModelUri,
  config: SourcesConfig,
  signal: AbortSignal,
): Promise<OpenStore> {
  const { workingFolder } = config;
  if (uri.kind === 'artifact' && uri.scheme !== 'mlflow-artifacts') {
    const { noStores } = await import('./partial-stores.ts');
    const stores = noStores(uri.uri);
    return { ...stores, folders: { workingFolder }, close: () => Promise.resolve() };
  }
  if (uri.kind === 'logged-model') return openForLoggedModel(uri, config, signal);
  const elsewhere = registryLocation(uri, config);
  if (elsewhere === undefined) {
    const both = await openLocation(await trackingLocation(uri, config), config, signal);
    return combine(both, both, workingFolder);
  }
  const tracking = await openTrackingBeside(uri, config, signal);
  try {
    return combine(tracking, await openLocation(elsewhere, config, signal), workingFolder);
  } catch (error) {
    await tracking.store.close();
    throw error;
  }
}

/** A logged model is no registered one: the registry is for a hint. */
async function openForLoggedModel(
  uri: StoredModelUri,
  config: SourcesConfig,
  signal: AbortSignal,
): Promise<OpenStore> {
  const { hintRegistry } = await import('./partial-stores.ts');
  const tracking = await openLocation(await trackingLocation(uri, config), config, signal);
  const registry = hintRegistry(async () => {
    const elsewhere = registryLocation(uri, config);
    return (elsewhere === undefined ? tracking : await openLocation(elsewhere, config, signal)).registry;
  });
  return combine(tracking, { registry }, config.workingFolder);
}

/** A registry that is named is enough for most of its models: a tracking store need not be named then. */
async function openTrackingBeside(
  uri: StoredModelUri,
  config: SourcesConfig,
  signal: AbortSignal,
): Promise<OpenedRuns> {
  try {
    return await openLocation(await trackingLocation(uri, config), config, signal);
  } catch (error) {
    if (isNamed(config.trackingUri) || !isCaissonError(error) || error.code !== 'STORE_UNREACHABLE')
      throw error;
    const { missingRunStore } = await import('./partial-stores.ts');
    return { store: missingRunStore(error) };
  }
}

function combine(tracking: OpenedRuns, registered: OpenedRegistry, workingFolder: string): OpenStore {
  const { store } = tracking;
  const { registry } = registered;
  // as MLflow: what a registry says lies behind a proxy lies behind that of the tracking server
  const api = tracking.api ?? registered.api;
  const isElsewhere = registered.folder !== undefined && registered.folder !== tracking.folder;
  return {
    store,
    registry,
    folders: {
      workingFolder,
      ...(tracking.folder === undefined ? {} : { storeFolder: tracking.folder }),
      ...(isElsewhere ? { registryFolder: registered.folder } : {}),
    },
    ...(api === undefined ? {} : { api }),
    close: async () => {
      await store.close();
      await registry.close();
    },
  };
}

async function trackingLocation(
  uri: StoredModelUri,
  { trackingUri, workingFolder }: SourcesConfig,
): Promise<TrackingLocation> {
  if (uri.kind === 'run' && uri.databricks !== undefined)
    return parseTrackingUri(databricksUri(uri.databricks), workingFolder);
  if (!isNamed(trackingUri)) return defaultTrackingLocation(workingFolder);
  return parseTrackingUri(trackingUri, workingFolder);
}

/** undefined when it is the tracking store, or is not asked. */
function registryLocation(
  uri: StoredModelUri,
  { registryUri, trackingUri, workingFolder }: SourcesConfig,
): TrackingLocation | undefined {
  if (uri.kind === 'run' || uri.kind === 'artifact') return undefined;
  if (uri.kind !== 'logged-model' && uri.databricks !== undefined)
    return parseTrackingUri(databricksUri(uri.databricks), workingFolder);
  if (isNamed(registryUri))
    return registryUri === trackingUri ? undefined : parseTrackingUri(registryUri, workingFolder);
  const tracking = isNamed(trackingUri) ? parseTrackingUri(trackingUri, workingFolder) : undefined;
  if (tracking?.kind !== 'databricks') return undefined;
  return { kind: 'databricks', place: defaultRegistryOf(tracking.place) };
}

async function openLocation(
  location: TrackingLocation,
  config: SourcesConfig,
  signal: AbortSignal,
): Promise<Opened> {
  switch (location.kind) {
    case 'sqlite': {
      const { openSqliteStore } = await import('./sqlite/sqlite-store.ts');
      const { path, shown } = location;
      const { cacheFolder, workspace = 'default' } = config;
      return both(await openSqliteStore({ path, shown, cacheFolder, workspace }), dirname(path));
    }
    case 'files': {
      const { openFileStore } = await import('./file-store/file-store.ts');
      return both(await openFileStore(location), location.path);
    }
    case 'server':
      return openServer(location, config, signal);
    case 'databricks':
      return openDatabricks(location.place, config, signal);
  }
}

const both = (store: TrackingStore, folder: string): Opened => ({ store, registry: store, folder });

async function openServer(
  location: ServerLocation,
  config: SourcesConfig,
  signal: AbortSignal,
): Promise<Opened> {
  const shown = `the tracking server '${location.shown}'`;
  const api = trackingServer({ ...location, shown }, config, signal);
  await requireWorkspaces(api);
  const store = new ServerStore(api);
  return { store, registry: store, api };
}

async function openDatabricks(
  place: DatabricksPlace,
  config: SourcesConfig,
  signal: AbortSignal,
): Promise<Opened> {
  const { connectDatabricks } = await import('./databricks/connect.ts');
  const { UnityCatalogStore } = await import('./databricks/unity-catalog-store.ts');
  const { workspaceRegistry } = await import('./databricks/workspace-registry.ts');
  const api = await connectDatabricks(place, config, signal);
  const store = new ServerStore(api);
  const registry =
    place.registry === 'unity-catalog' ? new UnityCatalogStore(api, place) : workspaceRegistry(store, place);
  return { store, registry, api };
}
