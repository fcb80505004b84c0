import type { StoreUri } from '../../model/store-uri.ts';
import type { ArtifactStore } from './port.ts';
import type { StoreSettings } from './settings.ts';

/**
 * Opens the place that a URI of a cloud or of another host names, importing only what it needs. Places that need the tracking server (its
 * artifact proxy, its own routes) or Databricks are opened where its address and login are known. Throws LIBRARY_MISSING, PROGRAM_MISSING,
 * STORE_DENIED, STORE_FAILED.
 */
export async function openArtifactStore(uri: StoreUri, settings: StoreSettings): Promise<ArtifactStore> {
  const { network } = settings;
  const networked = network === undefined ? {} : { network };
  switch (uri.kind) {
    case 's3':
      return (await import('./s3/s3-store.ts')).openS3Store(uri, { ...networked, ...settings.s3 });
    case 'gcs':
      return (await import('./gcs/gcs-store.ts')).openGcsStore(uri, { ...networked, ...settings.gcs });
    case 'azure':
      return (await import('./azure/azure-store.ts')).openAzureStore(uri, settings.azure);
    case 'sftp':
      return (await import('./sftp/sftp-store.ts')).openSftpStore(uri);
  }
}
