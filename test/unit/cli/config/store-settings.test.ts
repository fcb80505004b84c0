import { describe, expect, it } from 'vitest';
import { environmentSecrets } from '../../../../src/cli/config/secrets.ts';
import { resolveStoreSettings } from '../../../../src/cli/config/store-settings.ts';

describe('resolveStoreSettings', () => {
  it('has what the SDKs would do when nothing is set', () => {
    expect(resolveStoreSettings({ MLFLOW_S3_ENDPOINT_URL: '' })).toEqual({
      network: { proxies: {} },
      s3: { addressing: 'auto', tls: 'verify' },
      gcs: {},
      azure: {},
    });
  });

  it("prefers MLflow's endpoint, and the region that is for this tool", () => {
    expect(
      resolveStoreSettings({
        MLFLOW_S3_ENDPOINT_URL: 'https://minio:9000',
        AWS_ENDPOINT_URL_S3: 'https://other',
        MLFLOW_S3_IGNORE_TLS: 'True',
        MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE: 'virtual',
        MLFLOW_S3_EXPECTED_BUCKET_OWNER: '123456789012',
        AWS_REQUEST_PAYER: 'requester',
        AWS_REGION: 'eu-west-1',
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_CA_BUNDLE: '/ca.pem',
      }).s3,
    ).toEqual({
      endpoint: 'https://minio:9000',
      tls: 'insecure',
      addressing: 'virtual',
      expectedBucketOwner: '123456789012',
      requestPayer: 'requester',
      region: 'eu-west-1',
      caBundle: '/ca.pem',
    });
  });

  it('falls back to the words of AWS', () => {
    expect(
      resolveStoreSettings({
        AWS_ENDPOINT_URL: 'https://all',
        AWS_DEFAULT_REGION: 'us-east-1',
        MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE: 'sideways',
        AWS_REQUEST_PAYER: 'me',
      }).s3,
    ).toEqual({ endpoint: 'https://all', region: 'us-east-1', addressing: 'auto', tls: 'verify' });
  });
});

describe('the secrets of stores', () => {
  it('are hidden as a whole and in their parts', () => {
    const secrets = environmentSecrets({
      AZURE_STORAGE_CONNECTION_STRING: 'AccountName=a;AccountKey=k==;SharedAccessSignature=sv=1&sig=s',
      AZURE_STORAGE_ACCESS_KEY: 'key',
      AWS_SECRET_ACCESS_KEY: 'aws',
      MLFLOW_S3_ENDPOINT_URL: 'https://u:endpoint-password@minio',
    });
    expect(secrets).toEqual(expect.arrayContaining(['k==', 'sv=1&sig=s', 'key', 'aws', 'endpoint-password']));
  });
});
