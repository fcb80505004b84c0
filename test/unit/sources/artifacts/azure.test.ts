import { describe, expect, it } from 'vitest';
import type { AzureUri } from '../../../../src/model/store-uri.ts';
import { connect } from '../../../../src/sources/artifacts/azure/client.ts';
import type { AzureSettings } from '../../../../src/sources/artifacts/settings.ts';

const uri = (more: Partial<AzureUri> = {}): AzureUri => ({
  kind: 'azure',
  scheme: 'abfss',
  container: 'c',
  account: 'account',
  domain: 'dfs.core.windows.net',
  path: '',
  ...more,
});

const ALL: AzureSettings = {
  connectionString: 'BlobEndpoint=http://127.0.0.1:1/x;SharedAccessSignature=sig=y',
  accessKey: 'a2V5',
  sasToken: '?sv=1&sig=abc',
};

describe('the client for blobs', () => {
  it("takes MLflow's order of logins for each scheme", async () => {
    expect((await connect(uri({ scheme: 'wasbs' }), ALL)).way).toBe('connectionString');
    expect((await connect(uri(), ALL)).way).toBe('sasToken');
    expect((await connect(uri(), { accessKey: 'a2V5' })).way).toBe('accessKey');
    expect((await connect(uri(), {})).way).toBe('identity');
  });

  it('reads a data lake at the host of its blobs', async () => {
    const { service } = await connect(uri(), { sasToken: '?sv=1&sig=abc' });
    expect(service.url).toBe('https://account.blob.core.windows.net/?sv=1&sig=abc');
    const onelake = await connect(uri({ account: 'onelake', domain: 'dfs.fabric.microsoft.com' }), {
      accessKey: 'a2V5',
    });
    expect(onelake.service.url).toBe('https://onelake.blob.fabric.microsoft.com/');
    const zone = await connect(uri({ domain: 'z01.dfs.storage.azure.net' }), { accessKey: 'a2V5' });
    expect(zone.service.url).toBe('https://account.z01.blob.storage.azure.net/');
  });
});
