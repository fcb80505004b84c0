import { withoutUndefined } from '../core/objects.ts';
import { storeUriOf, type StoreUri } from '../model/store-uri.ts';
import { parseArtifactLocation, recorded, type RemoteLocation } from './artifact-location.ts';
import type { ArtifactStore } from './artifacts/port.ts';
import type { StoreSettings } from './artifacts/settings.ts';
import type { TemporaryCredentials } from './databricks/temporary-credentials.ts';
import type { SourcesConfig } from './port.ts';

/**
 * Opens the storage behind a version of Unity Catalog with the login that the catalog lends; undefined when it lends none. Throws what opening
 * the store throws.
 */
export async function openLent(
  location: RemoteLocation,
  config: SourcesConfig,
  signal: AbortSignal,
): Promise<ArtifactStore | undefined> {
  const { findLentPlace } = await import('./artifacts/dbfs.ts');
  const lent = await findLentPlace(location, config, signal);
  const uri = lent === undefined ? undefined : cloudOf(lent.uri);
  if (lent === undefined || uri === undefined) return undefined;
  const { caBundle, ...network } = networkOf(config);
  const clouds = config.lentStores ?? cloudsOf(caBundle);
  const settings = lentSettings(uri, lent.credentials, { ...clouds, ...network });
  if (settings === undefined) return undefined;
  const { openArtifactStore } = await import('./artifacts/open-artifact-store.ts');
  return openArtifactStore(uri, settings);
}

const cloudsOf = (caBundle: string | undefined): StoreSettings => ({
  s3: { addressing: 'auto', tls: 'verify', otherEndpoints: 'ignored', ...withoutUndefined({ caBundle }) },
  gcs: {},
  azure: {},
});

/** undefined for a place that is in no cloud. */
function cloudOf(text: string): StoreUri | undefined {
  const location = parseArtifactLocation(text);
  if (location.kind !== 'remote') return undefined;
  const { scheme, uri } = location;
  if (scheme !== 's3' && scheme !== 'gs' && scheme !== 'abfss' && scheme !== 'wasbs') return undefined;
  return recorded(text, () => storeUriOf({ scheme, uri }));
}

/**
 * Nothing of the user's own settings of stores but how the network is reached: what is lent is meant to be used alone, and at its cloud alone.
 * undefined when it is for another cloud.
 */
function lentSettings(
  { kind }: StoreUri,
  credentials: TemporaryCredentials,
  settings: StoreSettings,
): StoreSettings | undefined {
  if (kind === 's3' && credentials.kind === 'aws')
    return { ...settings, s3: { ...settings.s3, identity: credentials.identity } };
  if (kind === 'gcs' && credentials.kind === 'gcp')
    return { ...settings, gcs: { ...settings.gcs, token: credentials.token } };
  if (kind !== 'azure' || credentials.kind !== 'azure') return undefined;
  return { ...settings, azure: { ...settings.azure, sasToken: credentials.sasToken } };
}

/** What S3 is told of the network is about certificates: MLFLOW_S3_IGNORE_TLS is meant for a server of the user's own. */
function networkOf({ network, artifactStores }: SourcesConfig): Pick<StoreSettings, 'network'> & {
  readonly caBundle?: string;
} {
  return withoutUndefined({
    network: artifactStores?.network ?? network,
    caBundle: artifactStores?.s3.caBundle,
  });
}
