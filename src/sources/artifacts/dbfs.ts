import { CaissonError } from '../../core/errors.ts';
import { databricksUri } from '../../model/databricks-authority.ts';
import { parseModelUri } from '../../model/model-uri.ts';
import { splitUri } from '../../model/uri-parts.ts';
import { DEFAULT_HTTP_CONFIG, HttpClient } from '../../platform/http.ts';
import type { RemoteLocation } from '../artifact-location.ts';
import { connectDatabricks, type DatabricksConfig } from '../databricks/connect.ts';
import { parseDatabricksUri, type DatabricksPlace } from '../databricks/databricks-uri.ts';
import { DbfsStore } from '../databricks/dbfs-store.ts';
import { filesPlace, loggedModelPlace, runPlace, versionPlace } from '../databricks/places.ts';
import { SignedStore, type SignedPlace } from '../databricks/signed-place.ts';
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
  const place =
    location.scheme === 'models'
      ? registryPlace(location, { api, shown })
      : dbfsPlace(splitUri(location.uri).path, { api, shown });
  if (place === undefined) return new DbfsStore({ api, shown, path: splitUri(location.uri).path });
  const { network = { proxies: {} } } = config;
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

function registryPlace({ uri }: RemoteLocation, opening: Opening): SignedPlace {
  const parsed = parseModelUri(uri);
  if (parsed.kind !== 'version' || parsed.databricks === undefined)
    throw new CaissonError('INTERNAL', `'${uri}' is no version of a registry of Databricks`);
  const { name, version, subpath, databricks } = parsed;
  if (databricksUri(databricks).startsWith('databricks-uc'))
    return filesPlace({ ...opening, subpath }, `/Models/${name.replaceAll('.', '/')}/${version}`);
  return versionPlace({ ...opening, subpath }, { name, version });
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
