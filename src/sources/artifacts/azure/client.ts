import type { BlobServiceClient, StoragePipelineOptions } from '@azure/storage-blob';
import { CaissonError } from '../../../core/errors.ts';
import type { AzureUri } from '../../../model/store-uri.ts';
import { loadLibrary } from '../library.ts';
import type { AzureSettings } from '../settings.ts';

/** The ways to log in, in MLflow's order for each scheme (azure_blob_artifact_repo.py, azure_data_lake_artifact_repo.py). */
const WAYS = {
  wasbs: ['connectionString', 'accessKey', 'sasToken'],
  abfss: ['sasToken', 'connectionString', 'accessKey'],
} as const;

type Way = (typeof WAYS)['wasbs'][number] | 'identity';

export interface AzureConnection {
  readonly service: BlobServiceClient;
  readonly way: Way;
}

/** The download engine repeats what is worth it. */
const ONCE: StoragePipelineOptions = { retryOptions: { maxTries: 1 } };

/**
 * A client for the blobs of an account. Those of a data lake (`abfss:`) are read by the same API, at the account's other host name. Without
 * a key the identity of this machine is asked for, by Azure's own chain: environment, workload, managed identity, az, azd.
 */
export async function connect(uri: AzureUri, settings: AzureSettings): Promise<AzureConnection> {
  const { BlobServiceClient, StorageSharedKeyCredential } = await loadLibrary(
    '@azure/storage-blob',
    () => import('@azure/storage-blob'),
  );
  const { connectionString, accessKey, sasToken, blobEndpoint } = settings;
  const url = blobEndpoint ?? `https://${uri.account}.${uri.domain.replace(/(^|\.)dfs\./, '$1blob.')}`;
  for (const way of WAYS[uri.scheme]) {
    if (settings[way] === undefined) continue;
    try {
      if (way === 'connectionString')
        return { way, service: BlobServiceClient.fromConnectionString(connectionString ?? '', ONCE) };
      if (way === 'accessKey') {
        const key = new StorageSharedKeyCredential(uri.account, accessKey ?? '');
        return { way, service: new BlobServiceClient(url, key, ONCE) };
      }
      return {
        way,
        service: new BlobServiceClient(`${url}?${(sasToken ?? '').replace(/^\?/, '')}`, undefined, ONCE),
      };
    } catch {
      // the library's own error may show what it could not read
      throw new CaissonError('STORE_DENIED', `${VARIABLES[way]} cannot be read`, {
        hint: 'copy it anew from the storage account',
      });
    }
  }
  const { DefaultAzureCredential } = await loadLibrary('@azure/identity', () => import('@azure/identity'));
  return { way: 'identity', service: new BlobServiceClient(url, new DefaultAzureCredential(), ONCE) };
}

/** Where the login of each way comes from, for hints. */
export const VARIABLES: Readonly<Record<Way, string>> = {
  connectionString: 'AZURE_STORAGE_CONNECTION_STRING',
  accessKey: 'AZURE_STORAGE_ACCESS_KEY',
  sasToken: 'AZURE_STORAGE_SAS_TOKEN',
  identity: "the identity of Azure ('az login', or AZURE_CLIENT_ID with its companions)",
};
