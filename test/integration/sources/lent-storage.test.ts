import { afterEach, describe, expect, it } from 'vitest';
import type { CaissonEvent } from '../../../src/core/events.ts';
import type { StoreSettings } from '../../../src/sources/artifacts/settings.ts';
import { createModelSources } from '../../../src/sources/index.ts';
import {
  AZURITE,
  GCS_EMULATOR,
  S3_ENDPOINT,
  STORE_SETTINGS,
  withoutStore,
  withVariables,
} from '../../support/artifact-stores.ts';
import { startFakeTrackingServer } from '../../support/fake-tracking-server.ts';
import type { LocalServer } from '../../support/local-server.ts';
import { modelFiles } from '../../support/model-files.ts';
import {
  azuriteSignature,
  type ModelBytes,
  putOnAzurite,
  putOnGcs,
  putOnS3,
} from '../../support/stored-places.ts';
import { temporaryFolders } from '../../support/test-folders.ts';

const NAME = `caisson-lent-${process.pid}`;
const FILES: ModelBytes = Object.fromEntries(
  Object.entries(modelFiles()).map(([path, text]) => [path, Buffer.from(text)]),
);
const UC = 'mlflow/unity-catalog/model-versions';
const QUERY = '?name=main.ml.iris&version=3';

/** No login of this machine: what is read is read with what was lent. */
const NO_LOGINS = {
  ...{ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_PROFILE: undefined },
  ...{ AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: '/nonexistent' },
  ...{ AWS_SHARED_CREDENTIALS_FILE: '/nonexistent', AZURE_STORAGE_CONNECTION_STRING: undefined },
};

describe('storage that Unity Catalog lends, by an exchange with it that is written by hand, and a real store', () => {
  withVariables(() => NO_LOGINS);
  const makeFolder = temporaryFolders();
  let server: LocalServer;
  afterEach(() => server.close());

  async function resolve(
    { artifact_uri, credentials }: { readonly artifact_uri: string; readonly credentials: object },
    stores: Partial<StoreSettings>,
  ): Promise<readonly string[]> {
    server = await startFakeTrackingServer({
      [`${UC}/get${QUERY}`]: { model_version: { name: 'main.ml.iris', version: '3' } },
      [`${UC}/generate-temporary-credentials`]: { credentials },
      [`${UC}/get-download-uri${QUERY}`]: { artifact_uri },
    });
    const events: CaissonEvent[] = [];
    const sources = createModelSources({
      ...{ trackingUri: 'databricks', credentials: { kind: 'none' } },
      ...{ workingFolder: makeFolder(), cacheFolder: makeFolder() },
      databricks: {
        environment: { host: server.url, token: 'dapi' },
        profiles: new Map(),
        configFile: '.databrickscfg',
      },
      lentStores: { ...STORE_SETTINGS, ...stores },
    });
    const context = {
      emit: (event: CaissonEvent) => events.push(event),
      signal: new AbortController().signal,
    };
    const { model, dispose } = await sources.resolve(await sources.parse('models:/main.ml.iris/3'), context);
    await dispose();
    expect(model.files.map(({ path }) => path)).toEqual(Object.keys(FILES).sort());
    return events.flatMap((event) =>
      event.type === 'step.end' && event.note !== undefined ? [event.note] : [],
    );
  }

  it.skipIf(S3_ENDPOINT === undefined)(
    `is read with keys of AWS, from moto${withoutStore('S3_ENDPOINT', S3_ENDPOINT)}`,
    async () => {
      const artifact_uri = await putOnS3(NAME, FILES);
      const aws_temp_credentials = {
        ...{ access_key_id: 'ASIATESTTESTTESTTEST', secret_access_key: 'lent', session_token: 'token' },
      };
      const s3 = { ...STORE_SETTINGS.s3, endpoint: S3_ENDPOINT! };
      const notes = await resolve({ artifact_uri, credentials: { aws_temp_credentials } }, { s3 });
      expect(notes).toContain(`${Object.keys(FILES).length} files by storage that the registry lends`);
    },
  );

  it.skipIf(AZURITE === undefined)(
    `is read with a signature of Azure, from Azurite${withoutStore('AZURITE', AZURITE)}`,
    async () => {
      await putOnAzurite(NAME, FILES);
      const artifact_uri = `abfss://${NAME}@devstoreaccount1.dfs.core.windows.net/m`;
      const azure_user_delegation_sas = { sas_token: await azuriteSignature(NAME) };
      const notes = await resolve(
        { artifact_uri, credentials: { azure_user_delegation_sas } },
        { azure: { blobEndpoint: AZURITE! } },
      );
      expect(notes).toContain(`${Object.keys(FILES).length} files by storage that the registry lends`);
    },
  );

  it.skipIf(GCS_EMULATOR === undefined)(
    `is found at Google's, in gcp-storage-emulator, which asks for no token${withoutStore('GCS_EMULATOR', GCS_EMULATOR)}`,
    async () => {
      const artifact_uri = await putOnGcs(NAME, FILES);
      const credentials = { gcp_oauth_token: { oauth_token: 'ya29.lent' } };
      const gcs = { emulatorHost: GCS_EMULATOR!.replace('http://', '') };
      const notes = await resolve({ artifact_uri, credentials }, { gcs });
      expect(notes).toContain(`${Object.keys(FILES).length} files by storage that the registry lends`);
    },
  );
});
