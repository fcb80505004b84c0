import { parseRequirements, type Requirement } from '../model/requirement.ts';
import { SIGNED_SERVER, type ResolvedModel, type StoreKind } from '../model/resolved-model.ts';

/**
 * What MLflow's client imports for each kind of place beside what mlflow-skinny brings (its store/artifact/*_repo.py). It talks to servers
 * by requests, and to Databricks by databricks-sdk, which it has.
 */
const CLIENTS: Readonly<Record<StoreKind, readonly string[]>> = {
  s3: ['boto3'],
  r2: ['boto3'],
  b2: ['boto3'],
  gs: ['google-cloud-storage'],
  wasbs: ['azure-storage-blob', 'azure-identity'],
  abfss: ['azure-storage-file-datalake', 'azure-identity'],
  // pysftp imports a class that paramiko 4 took out
  sftp: ['pysftp', 'paramiko<4'],
  hdfs: ['pyarrow'],
  viewfs: ['pyarrow'],
  // Unity Catalog lends a login of whichever cloud its files are in
  models: ['boto3', 'azure-storage-file-datalake', 'google-cloud-storage'],
  [SIGNED_SERVER]: ['requests-auth-aws-sigv4', 'boto3'],
};

export interface StoreClients {
  readonly requirements: readonly Requirement[];
  readonly notes: readonly string[];
}

/** Of an image that holds its model. */
export const NO_CLIENTS: StoreClients = { requirements: [], notes: [] };

/** What an image that loads this model at its start needs to read the model's store; what the model asks for by itself stays as it is. */
export function storeClients({
  stores = ['file'],
  environment,
}: Pick<ResolvedModel, 'stores' | 'environment'>): StoreClients {
  const own = new Set(environment.requirements.flatMap((item) => nameOf(item) ?? []));
  const lines = new Set(
    stores.flatMap((store) => (Object.hasOwn(CLIENTS, store) ? (CLIENTS[store] ?? []) : [])),
  );
  const requirements = parseRequirements([...lines].join('\n'));
  return {
    requirements: requirements.filter((item) => !own.has(nameOf(item) ?? '')),
    notes: stores.includes('file') ? [ON_THIS_MACHINE] : [],
  };
}

const ON_THIS_MACHINE =
  'the files of the model are in a folder, which a container does not see: mount it (-v FOLDER:/mnt/model -e MLFLOW_MODEL_URI=/mnt/model), ' +
  'or start the image with a model that is at a tracking server; for one in a cloud store, add its client (such as --requirement boto3)';

const nameOf = (item: Requirement): string | undefined => (item.kind === 'option' ? undefined : item.name);
