import { isCaissonError } from '../../core/errors.ts';
import type { AwsIdentity } from '../../platform/aws-signature.ts';
import { objectOf, textOf } from '../tracking-server/json-fields.ts';
import type { JsonObject, ServerApi } from '../tracking-server/server-api.ts';
import type { RegistryVersion } from './version-uri.ts';

/** A login for the folder of one version in a cloud's storage, good for an hour or so. */
export type TemporaryCredentials =
  | { readonly kind: 'aws'; readonly identity: AwsIdentity }
  | { readonly kind: 'azure'; readonly sasToken: string }
  | { readonly kind: 'gcp'; readonly token: string };

/** Where the files of a version lie in the cloud, and the login for it. */
export interface LentPlace {
  /** `s3://…`, `abfss://…` or `gs://…`. */
  readonly uri: string;
  readonly credentials: TemporaryCredentials;
}

const ROOT = 'mlflow/unity-catalog/model-versions';

/**
 * Asks Unity Catalog for the login to the storage of a version (MLflow's unity_catalog_models_artifact_repo.py). undefined when it lends
 * none: storage of Databricks' own, one who may read only by way of the workspace.
 */
export async function lendStorage(
  api: ServerApi,
  { name, version }: RegistryVersion,
): Promise<LentPlace | undefined> {
  try {
    const json = { name, version: String(version), operation: 'MODEL_VERSION_OPERATION_READ' };
    const lent = await api.ask({ path: `${ROOT}/generate-temporary-credentials`, json });
    const answer = lent.kind === 'found' ? objectOf(lent.value, 'credentials') : {};
    const credentials = credentialsIn(answer);
    if (credentials === undefined || answer['storage_mode'] === 'DEFAULT_STORAGE') return undefined;
    const place = await api.ask({
      path: `${ROOT}/get-download-uri`,
      query: { name, version: String(version) },
    });
    const uri = place.kind === 'found' ? textOf(place.value, 'artifact_uri') : undefined;
    return uri === undefined ? undefined : { uri, credentials };
  } catch (error) {
    // the workspace may give the files out all the same
    if (isCaissonError(error) && (error.code === 'STORE_DENIED' || error.code === 'STORE_FAILED'))
      return undefined;
    throw error;
  }
}

function credentialsIn(answer: JsonObject): TemporaryCredentials | undefined {
  const aws = objectOf(answer, 'aws_temp_credentials');
  const accessKeyId = textOf(aws, 'access_key_id');
  const secretAccessKey = textOf(aws, 'secret_access_key');
  const sessionToken = textOf(aws, 'session_token');
  if (accessKeyId !== undefined && secretAccessKey !== undefined && sessionToken !== undefined)
    return { kind: 'aws', identity: { accessKeyId, secretAccessKey, sessionToken } };
  const sasToken = textOf(objectOf(answer, 'azure_user_delegation_sas'), 'sas_token');
  if (sasToken !== undefined) return { kind: 'azure', sasToken };
  const token = textOf(objectOf(answer, 'gcp_oauth_token'), 'oauth_token');
  return token === undefined ? undefined : { kind: 'gcp', token };
}
