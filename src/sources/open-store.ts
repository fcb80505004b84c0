import { dirname } from 'node:path';
import { HttpClient } from '../platform/http.ts';
import type { StoreFolders } from './files/local-store-path.ts';
import type { SourcesConfig } from './port.ts';
import { openSqliteStore } from './sqlite/sqlite-store.ts';
import { ServerApi } from './tracking-server/server-api.ts';
import { ServerStore } from './tracking-server/server-store.ts';
import type { TrackingStore } from './tracking-store.ts';
import { defaultTrackingLocation, parseTrackingUri } from './tracking-uri.ts';

/** An open tracking store, and what is needed to fetch the files that it names. */
export interface OpenStore {
  readonly store: TrackingStore;
  readonly folders: StoreFolders;
  /** Present when the store is a tracking server. */
  readonly api?: ServerApi;
}

/** Opens the store that MLflow's client would pick. Throws STORE_UNREACHABLE, STORE_FAILED. */
export async function openStore(config: SourcesConfig, signal: AbortSignal): Promise<OpenStore> {
  const { trackingUri, workingFolder, cacheFolder } = config;
  const location =
    trackingUri === undefined || trackingUri === ''
      ? await defaultTrackingLocation(workingFolder)
      : parseTrackingUri(trackingUri, workingFolder);
  if (location.kind === 'sqlite') {
    const store = await openSqliteStore({ path: location.path, shown: location.shown, cacheFolder });
    return { store, folders: { workingFolder, storeFolder: dirname(location.path) } };
  }
  // the variables win over the login in the URL only when they are set
  const credentials =
    config.credentials.kind === 'none' ? (location.login ?? config.credentials) : config.credentials;
  const { url, shown } = location;
  const api = new ServerApi({ http: new HttpClient(), url, shown, credentials, signal });
  return { store: new ServerStore(api), folders: { workingFolder }, api };
}
