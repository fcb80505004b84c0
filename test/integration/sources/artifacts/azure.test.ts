import { BlobServiceClient, ContainerSASPermissions } from '@azure/storage-blob';
import { describe, expect, it } from 'vitest';
import { openArtifactStore } from '../../../../src/sources/artifacts/open-artifact-store.ts';
import type { ArtifactStore } from '../../../../src/sources/artifacts/port.ts';
import type { AzureSettings } from '../../../../src/sources/artifacts/settings.ts';
import { artifactStoreContract, type Place } from '../../../contract/artifact-store-contract.ts';
import {
  AZURITE,
  azuriteConnection,
  STORE_SETTINGS,
  withoutStore,
  withVariables,
} from '../../../support/artifact-stores.ts';
import { rejection } from '../../../support/errors.ts';

/** Azurite's own check refuses it. */
const WRONG_KEY = Buffer.from('caisson knows another key').toString('base64');

describe.skipIf(AZURITE === undefined)(`Azure's blobs, in Azurite${withoutStore('AZURITE', AZURITE)}`, () => {
  withVariables(() => ({ AZURE_STORAGE_CONNECTION_STRING: undefined }));
  const signal = new AbortController().signal;
  let places = 0;

  const open = (
    container: string,
    path: string,
    azure: AzureSettings = { connectionString: azuriteConnection() },
  ): Promise<ArtifactStore> =>
    openArtifactStore(
      {
        kind: 'azure',
        scheme: 'wasbs',
        container,
        account: 'devstoreaccount1',
        domain: 'blob.core.windows.net',
        path,
      },
      { ...STORE_SETTINGS, azure },
    );

  async function makePlace(): Promise<Place & { readonly name: string }> {
    const name = `models-${process.pid}-${(places += 1)}`;
    const container = BlobServiceClient.fromConnectionString(azuriteConnection()).getContainerClient(name);
    await container.create();
    return {
      name,
      put: async (path, content) => {
        await container.getBlockBlobClient(`m/${path}`).uploadData(content);
      },
      remove: async (path) => {
        await container.getBlobClient(`m/${path}`).delete();
      },
      open: (path) => open(name, path === undefined ? 'm' : `m/${path}`),
    };
  }

  artifactStoreContract(
    () => ({
      place: makePlace,
      denied: async () => ({
        store: await open('models', 'a', { connectionString: azuriteConnection(WRONG_KEY) }),
        secret: WRONG_KEY,
      }),
      unreachable: () =>
        open('models', 'a', { connectionString: azuriteConnection(undefined, 'http://127.0.0.1:1/x') }),
    }),
    { hostile: ['a//b'], checksums: 'in the listing' },
  );

  it('passes over the blobs that stand for folders of a data lake', async () => {
    const { name } = await makePlace();
    const container = BlobServiceClient.fromConnectionString(azuriteConnection()).getContainerClient(name);
    await container.getBlockBlobClient('m/code').upload('', 0, { metadata: { hdi_isfolder: 'true' } });
    await container.getBlockBlobClient('m/code/a.py').upload('x', 1);
    const store = await open(name, 'm');
    expect((await store.list(signal)).map(({ path }) => path)).toEqual(['code/a.py']);
  });

  it('reads with a shared access signature', async () => {
    const place = await makePlace();
    const { name } = place;
    await place.put('a', Buffer.from('x'));
    const container = BlobServiceClient.fromConnectionString(azuriteConnection()).getContainerClient(name);
    const url = new URL(
      await container.generateSasUrl({
        permissions: ContainerSASPermissions.parse('rl'),
        expiresOn: new Date(Date.now() + 600_000),
      }),
    );
    const connectionString = `BlobEndpoint=${AZURITE!};SharedAccessSignature=${url.search.slice(1)}`;
    const store = await open(name, 'm', { connectionString });
    expect(await store.list(signal)).toHaveLength(1);
  });

  it('says that a container does not exist', async () => {
    const store = await open('no-such-container', 'm');
    expect((await rejection(store.list(signal))).message).toMatch(
      /^the container 'no-such-container' of the Azure account 'devstoreaccount1' does not exist: 404 ContainerNotFound/,
    );
  });

  it('shows nothing of a connection string that it cannot read', async () => {
    const error = await rejection(open('a', 'm', { connectionString: 'AccountKey=very-secret' }));
    expect(error).toMatchObject({ code: 'STORE_DENIED' });
    expect(JSON.stringify([error.message, error.hint, error.cause])).not.toContain('very-secret');
  });
});
