import { CaissonError } from '../../core/errors.ts';
import { parseModelUri } from '../../model/model-uri.ts';
import { splitUri } from '../../model/uri-parts.ts';
import { DEFAULT_HTTP_CONFIG, HttpClient } from '../../platform/http.ts';
import type { RemoteLocation } from '../artifact-location.ts';
import { connectDatabricks, type DatabricksConfig } from '../databricks/connect.ts';
import { parseDatabricksUri, type DatabricksPlace } from '../databricks/databricks-uri.ts';
import { DbfsStore } from '../databricks/dbfs-store.ts';
import { filesPlace, loggedModelPlace, runPlace, versionPlace } from '../databricks/places.ts';
import { SignedStore, type SignedPlace } from '../databricks/signed-place.ts';
import { lendStorage, type LentPlace } from '../databricks/temporary-credentials.ts';
import type { SourcesConfig } from '../port.ts';
import type { ServerApi } from '../tracking-server/server-api.ts';
import type { ArtifactStore } from './port.ts';

export type DbfsConfig = DatabricksConfig & Pick<SourcesConfig, 'trackingUri'>;

/** dbfs:/databricks/mlflow-tracking/<experiment>/(logged_models/)<id>/…: nobody reads these but by the API of MLflow. */
const TRACKED =
  /^\/databricks\/mlflow-tracking\/[^/]+\/(logged_models\/)?([^/]+)(?:\/artifacts)?(?:\/(.*))?$/;

/**
 * Opens a place of Databricks: `dbfs:/…`, with artifacts of runs, of logged models, volumes and plain files below it, or a version of one
 * of its registries (`models://…`). Throws STORE_DENIED, STORE_UNREACHABLE, STORE_FAILED.
 */
export async function openDatabricksPlace(
  location: RemoteLocation,
  config: DbfsConfig,
  signal: AbortSignal,
): Promise<ArtifactStore> {
  const workspace = workspaceOf(location, config);
  const api = await connectDatabricks(workspace, config, signal);
  const shown = `'${location.uri}' in ${api.shown}`;
  if (location.scheme === 'models') return openVersion(location, { api, shown }, config);
  const { path } = splitUri(location.uri);
  const place = dbfsPlace(path, { api, shown });
  return place === undefined ? new DbfsStore({ api, shown, path }) : signedStore(place, config);
}

function signedStore(place: SignedPlace, { network = { proxies: {} } }: DbfsConfig): ArtifactStore {
  // who downloads repeats what failed, with another signature
  const retry = { ...DEFAULT_HTTP_CONFIG.retry, attempts: 1 };
  return new SignedStore(place, new HttpClient({ ...DEFAULT_HTTP_CONFIG, retry, network }));
}

/** The workspace that the address names, else that of the tracking store, else the default one. */
function workspaceOf({ uri, scheme }: RemoteLocation, { trackingUri = '' }: DbfsConfig): DatabricksPlace {
  const { authority } = splitUri(uri);
  const profile = /^([^@]+)@/.exec(authority)?.[1];
  if (scheme === 'models' || profile !== undefined || authority !== '')
    return {
      registry: authority.endsWith('databricks-uc') ? 'unity-catalog' : 'workspace',
      ...(profile === undefined ? {} : { profile }),
      shown: profile === undefined ? 'databricks' : `databricks://${profile}`,
    };
  return parseDatabricksUri(trackingUri) ?? { registry: 'workspace', shown: 'databricks' };
}

interface Opening {
  readonly api: ServerApi;
  readonly shown: string;
}

/** The workspace gives out the files of its registries. */
function openVersion({ uri }: RemoteLocation, opening: Opening, config: DbfsConfig): ArtifactStore {
  const { name, version, subpath, registry } = versionOf(uri);
  if (registry === 'databricks')
    return signedStore(versionPlace({ ...opening, subpath }, { name, version }), config);
  const root = `/Models/${name.replaceAll('.', '/')}/${version}`;
  return signedStore(filesPlace({ ...opening, subpath }, root), config);
}

/**
 * Where the files of a version lie in a cloud, with the login that Unity Catalog lends for it; undefined for another place, and when it lends
 * none. Throws STORE_DENIED, STORE_UNREACHABLE.
 */
export async function findLentPlace(
  location: RemoteLocation,
  config: DbfsConfig,
  signal: AbortSignal,
): Promise<LentPlace | undefined> {
  if (location.scheme !== 'models') return undefined;
  const { name, version, subpath, registry } = versionOf(location.uri);
  if (registry === 'databricks') return undefined;
  const api = await connectDatabricks(workspaceOf(location, config), config, signal);
  const lent = await lendStorage(api, { name, version });
  if (lent === undefined || subpath === '') return lent;
  return { ...lent, uri: `${lent.uri.replace(/\/+$/, '')}/${subpath}` };
}

interface RegistryPlace {
  readonly name: string;
  readonly version: number;
  readonly subpath: string;
  readonly registry: 'databricks' | 'databricks-uc';
}

function versionOf(uri: string): RegistryPlace {
  const parsed = parseModelUri(uri);
  if (parsed.kind !== 'version' || parsed.databricks === undefined)
    throw new CaissonError('INTERNAL', `'${uri}' is no version of a registry of Databricks`);
  const { name, version, subpath, databricks } = parsed;
  return { name, version, subpath, registry: databricks.scheme };
}

/** undefined for plain files. */
function dbfsPlace(path: string, opening: Opening): SignedPlace | undefined {
  if (/^\/Volumes?\//i.test(path)) return filesPlace({ ...opening, subpath: '' }, path);
  const [, isLogged, id, subpath = ''] = TRACKED.exec(path) ?? [];
  if (id === undefined) return undefined;
  return isLogged === undefined
    ? runPlace({ ...opening, subpath }, id)
    : loggedModelPlace({ ...opening, subpath }, id);
}
