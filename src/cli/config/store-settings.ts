import { withoutUndefined } from '../../core/objects.ts';
import type { S3Settings, StoreSettings } from '../../sources/artifacts/settings.ts';
import type { Environment } from './environment.ts';
import { resolveStoreNetwork } from './network.ts';
import { variable } from './variables.ts';

/** What MLflow, boto3 and Google's libraries read of the environment for the stores of artifacts. The SDKs find credentials by themselves. */
export function resolveStoreSettings(environment: Environment): StoreSettings {
  return {
    network: resolveStoreNetwork(environment),
    s3: resolveS3(environment),
    gcs: withoutUndefined({ emulatorHost: variable(environment, 'STORAGE_EMULATOR_HOST') }),
    azure: withoutUndefined({
      connectionString: variable(environment, 'AZURE_STORAGE_CONNECTION_STRING'),
      accessKey: variable(environment, 'AZURE_STORAGE_ACCESS_KEY'),
      sasToken: variable(environment, 'AZURE_STORAGE_SAS_TOKEN'),
    }),
  };
}

function resolveS3(environment: Environment): S3Settings {
  return {
    addressing: addressingOf(variable(environment, 'MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE')),
    tls: isTrue(variable(environment, 'MLFLOW_S3_IGNORE_TLS')) ? 'insecure' : 'verify',
    ...withoutUndefined({
      endpoint:
        variable(environment, 'MLFLOW_S3_ENDPOINT_URL') ??
        variable(environment, 'AWS_ENDPOINT_URL_S3') ??
        variable(environment, 'AWS_ENDPOINT_URL'),
      region: variable(environment, 'AWS_REGION') ?? variable(environment, 'AWS_DEFAULT_REGION'),
      caBundle: variable(environment, 'AWS_CA_BUNDLE'),
      expectedBucketOwner: variable(environment, 'MLFLOW_S3_EXPECTED_BUCKET_OWNER'),
      requestPayer:
        variable(environment, 'AWS_REQUEST_PAYER') === 'requester' ? ('requester' as const) : undefined,
    }),
  };
}

/** boto3 takes a word that it does not know as `auto`. */
const addressingOf = (text: string | undefined): S3Settings['addressing'] =>
  text === 'path' || text === 'virtual' ? text : 'auto';

/** MLflow's own reading of a switch (environment_variables.py). */
const isTrue = (text: string | undefined): boolean => /^(true|1)$/i.test(text ?? '');
