import { dirname } from 'node:path';
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

/** Opens the stores that MLflow's client would pick for a URI. Throws STORE_UNREACHABLE, STORE_DENIED, STORE_FAILED. */
export async function openStore(
  uri: StoredModelUri,
  config: SourcesConfig,
  signal: AbortSignal,
): Promise<OpenStore> {
  const { workingFolder } = config;
  if (uri.kind === 'artifact' && uri.scheme !== 'mlflow-artifacts') return noStore(uri.uri, workingFolder);
  const tracking = await openLocation(await trackingLocation(uri, config), config, signal);
  const elsewhere = registryLocation(uri, config);
  if (elsewhere === undefined) return combine(tracking, tracking, workingFolder);
  try {
    return combine(tracking, await openLocation(elsewhere, config, signal), workingFolder);
  } catch (error) {
    await tracking.store.close();
    throw error;
  }
}

/** A place that is named by its own address is in no store, and none need be there. */
function noStore(uri: string, workingFolder: string): OpenStore {
  const nothing = (): Promise<undefined> => Promise.resolve(undefined);
  const none = (): Promise<readonly never[]> => Promise.resolve([]);
  const close = (): Promise<void> => Promise.resolve();
  const shown = `the place '${uri}'`;
  return {
    store: { shown, findRun: nothing, findLoggedModel: nothing, loggedModelsOf: none, close },
    registry: {
      ...{ shown, close, findVersion: nothing, findRegisteredModel: nothing },
      ...{ listVersions: none, listRegisteredModels: none },
    },
    folders: { workingFolder },
    close,
  };
}

function combine(tracking: Opened, registered: Opened, workingFolder: string): OpenStore {
  const { store } = tracking;
  const { registry } = registered;
  // as MLflow: what a registry says lies behind a proxy lies behind that of the tracking server
  const api = tracking.api ?? registered.api;
  return {
    store,
    registry,
    folders: {
      workingFolder,
      ...(tracking.folder === undefined ? {} : { storeFolder: tracking.folder }),
      ...(registered === tracking || registered.folder === undefined
        ? {}
        : { registryFolder: registered.folder }),
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
  if (trackingUri === undefined || trackingUri === '') return defaultTrackingLocation(workingFolder);
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
  if (registryUri !== undefined && registryUri !== '')
    return registryUri === trackingUri ? undefined : parseTrackingUri(registryUri, workingFolder);
  const tracking =
    trackingUri === undefined || trackingUri === ''
      ? undefined
      : parseTrackingUri(trackingUri, workingFolder);
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
