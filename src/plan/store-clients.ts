import { parseRequirements, type Requirement } from '../model/requirement.ts';
import type { PythonEnvironment } from '../model/python-environment.ts';
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

/** Where an image that loads its model at the start finds it: what was asked for, else where the model is now. */
export function storesAtStart(
  { stores = ['file'] }: Pick<ResolvedModel, 'stores'>,
  request: { readonly stores?: readonly StoreKind[] },
): readonly StoreKind[] {
  return request.stores ?? stores;
}

/** What such an image needs to read these stores; what the model asks for by itself stays as it is. */
export function storeClients(stores: readonly StoreKind[], environment: PythonEnvironment): StoreClients {
  const unread = stores.filter((store) => UNREAD.has(store));
  return {
    requirements: clientsOf(stores, environment),
    notes: [
      ...(stores.includes('file') ? [ON_THIS_MACHINE] : []),
      ...(unread.length === 0 ? [] : [withoutClient(unread)]),
    ],
  };
}

function clientsOf(
  stores: readonly StoreKind[],
  environment: PythonEnvironment,
): StoreClients['requirements'] {
  const own = new Set(environment.requirements.flatMap((item) => nameOf(item) ?? []));
  const lines = new Set(
    stores.flatMap((store) => (Object.hasOwn(CLIENTS, store) ? (CLIENTS[store] ?? []) : [])),
  );
  return parseRequirements([...lines].join('\n')).filter((item) => !own.has(nameOf(item) ?? ''));
}

/**
 * Why a lock does not fit that was made when the model was in another kind of store; undefined when that is not why. `fits`: whether it
 * would with these clients.
 */
export function movedStore(
  stores: readonly StoreKind[],
  environment: PythonEnvironment,
  fits: (clients: StoreClients['requirements']) => boolean,
): string | undefined {
  const kinds = Object.keys(CLIENTS);
  const others = [
    [],
    ...kinds.map((store) => [store]),
    ...kinds.map((store) => [store, SIGNED_SERVER].sort()),
  ];
  const clients = others.map((each) => clientsOf(each, environment)).find(fits);
  if (clients === undefined) return undefined;
  const made =
    clients.length === 0 ? 'without its client' : `with ${clients.map(({ text }) => text).join(', ')}`;
  return `the model's files are in another kind of store now: ${stores.join(', ')}; the lock was made ${made}`;
}

const MOUNT = 'mount it (-v FOLDER:/mnt/model -e MLFLOW_MODEL_URI=/mnt/model)';

const ON_THIS_MACHINE =
  `the files of the model are in a folder, which a container does not see: ${MOUNT}, ` +
  'or start the image with a model that is at a tracking server; for one in a cloud store, add its client (such as --requirement boto3)';

/** Hadoop's client is libhdfs, which pyarrow loads and which needs Java: no Python package brings them. */
const UNREAD: ReadonlySet<StoreKind> = new Set(['hdfs', 'viewfs']);

const withoutClient = (stores: readonly StoreKind[]): string =>
  `the files of the model are in ${stores.join(', ')}, which the image cannot read at its start: it has neither libhdfs and Java nor pyarrow; ` +
  `fetch the model and ${MOUNT}, or add them (--system-package, --run, --requirement pyarrow)`;

const nameOf = (item: Requirement): string | undefined => (item.kind === 'option' ? undefined : item.name);
