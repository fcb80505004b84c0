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

export interface DbfsConfig extends DatabricksConfig, Pick<SourcesConfig, 'trackingUri'> {
  /** Opens a place of a cloud with a login that was lent; undefined when it cannot. */
  readonly openLent?: (place: LentPlace) => Promise<ArtifactStore | undefined>;
}

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

/** Unity Catalog lends the login of a cloud's storage, where there is someone to use it; else the workspace gives the files out. */
async function openVersion(
  { uri }: RemoteLocation,
  opening: Opening,
  config: DbfsConfig,
): Promise<ArtifactStore> {
  const parsed = parseModelUri(uri);
  if (parsed.kind !== 'version' || parsed.databricks === undefined)
    throw new CaissonError('INTERNAL', `'${uri}' is no version of a registry of Databricks`);
  const { name, version, subpath, databricks } = parsed;
  if (databricks.scheme === 'databricks')
    return signedStore(versionPlace({ ...opening, subpath }, { name, version }), config);
  const { openLent } = config;
  const lent = openLent === undefined ? undefined : await lendStorage(opening.api, { name, version });
  const store = lent === undefined ? undefined : await openLent?.(below(lent, subpath));
  if (store !== undefined) return store;
  const root = `/Models/${name.replaceAll('.', '/')}/${version}`;
  return signedStore(filesPlace({ ...opening, subpath }, root), config);
}

const below = (lent: LentPlace, subpath: string): LentPlace =>
  subpath === '' ? lent : { ...lent, uri: `${lent.uri.replace(/\/+$/, '')}/${subpath}` };

/** undefined for plain files. */
function dbfsPlace(path: string, opening: Opening): SignedPlace | undefined {
  if (/^\/Volumes?\//i.test(path)) return filesPlace({ ...opening, subpath: '' }, path);
  const [, isLogged, id, subpath = ''] = TRACKED.exec(path) ?? [];
  if (id === undefined) return undefined;
  return isLogged === undefined
    ? runPlace({ ...opening, subpath }, id)
    : loggedModelPlace({ ...opening, subpath }, id);
}
