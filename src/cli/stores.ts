import { join } from 'node:path';
import type { StoreFlags, Tracking } from '../commands/services.ts';
import { withoutUndefined } from '../core/objects.ts';
import type { SecretKeeper } from '../core/redaction.ts';
import type { ModelSources } from '../sources/port.ts';
import { databricksConfigFile, databricksSecrets, resolveDatabricks } from './config/databricks.ts';
import type { Environment } from './config/environment.ts';
import type { Folders } from './config/folders.ts';
import { type CredentialFiles, resolveTrackingCredentials } from './config/mlflow-credentials.ts';
import { resolveRequestTimeout, resolveServerTls, resolveStoreNetwork } from './config/network.ts';
import { credentialSecrets, urlPasswords } from './config/secrets.ts';
import { resolveStoreSettings } from './config/store-settings.ts';
import { flag, variable } from './config/variables.ts';
import { readOptionalFile } from './user-files.ts';

export interface StoresInput {
  readonly environment: Environment;
  readonly workingFolder: string;
  readonly folders: Folders;
  readonly secrets: SecretKeeper;
  /** Bytes of downloaded models to keep. */
  readonly cacheLimit: number;
}

/** Where models are looked up and with which login, from flags, MLflow's variables and the files that they stand for. */
export async function resolveTracking(
  flags: StoreFlags,
  { environment, folders, secrets }: StoresInput,
): Promise<Tracking> {
  const uri = flags.trackingUri ?? variable(environment, 'MLFLOW_TRACKING_URI');
  const registryUri = flags.registryUri ?? variable(environment, 'MLFLOW_REGISTRY_URI');
  const credentials = resolveTrackingCredentials(environment, await credentialFiles(environment, folders));
  secrets.add(...credentialSecrets(credentials), ...urlPasswords(uri), ...urlPasswords(registryUri));
  return withoutUndefined({ uri, registryUri, credentials });
}

/** Of AWS only where requests are signed: hardly anybody's are. */
async function credentialFiles(environment: Environment, { home }: Folders): Promise<CredentialFiles> {
  const read = (name: string): Promise<string | undefined> => readOptionalFile(join(home, name));
  const isSigned = flag(environment, 'MLFLOW_TRACKING_AWS_SIGV4') === 'on';
  const none = Promise.resolve(undefined);
  const [mlflow, credentials, config] = await Promise.all([
    read('.mlflow/credentials'),
    isSigned ? read('.aws/credentials') : none,
    isSigned ? read('.aws/config') : none,
  ]);
  return { mlflow, aws: { credentials, config } };
}

/** Sources for the tracking configuration; the rest of what they read comes from the same variables and files. */
export async function openSources(
  { uri, registryUri, credentials }: Tracking,
  { environment, workingFolder, folders, secrets, cacheLimit }: StoresInput,
): Promise<ModelSources> {
  const path = databricksConfigFile(environment, folders.home);
  const databricks = resolveDatabricks(environment, { path, text: await readOptionalFile(path) });
  secrets.add(...databricksSecrets(databricks));
  const { createModelSources } = await import('../sources/index.ts');
  return createModelSources(
    withoutUndefined({
      ...{ trackingUri: uri, registryUri, credentials, workingFolder, databricks },
      workspace: variable(environment, 'MLFLOW_WORKSPACE')?.trim(),
      network: resolveStoreNetwork(environment),
      serverTls: resolveServerTls(environment),
      requestTimeoutMs: resolveRequestTimeout(environment),
      artifactStores: resolveStoreSettings(environment),
      cacheFolder: folders.cache,
      cacheLimit,
    }),
  );
}
