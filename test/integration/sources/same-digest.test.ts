import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ResolvedModel } from '../../../src/model/resolved-model.ts';
import { createModelSources } from '../../../src/sources/index.ts';
import {
  AZURITE,
  azuriteConnection,
  GCS_EMULATOR,
  S3_ENDPOINT,
  SSHD,
  STORE_SETTINGS,
  withoutStore,
  withVariables,
} from '../../support/artifact-stores.ts';
import { modelFiles } from '../../support/model-files.ts';
import {
  type ModelBytes,
  putBehindServer,
  putInFolder,
  putOnAzurite,
  putOnGcs,
  putOnS3,
  putOnSftp,
} from '../../support/stored-places.ts';
import { suiteFolder } from '../../support/test-folders.ts';

const TRACKING_URI = process.env['CAISSON_TEST_TRACKING_URI'];
const NAME = `caisson-digest-${process.pid}`;
/**
 * Large enough for ranges, with a name that needs encoding, and deep. Not here: an empty file, which the emulator of Google's storage does not
 * take, and a percent sign, which MLflow's server decodes twice.
 */
const FILES: ModelBytes = {
  ...Object.fromEntries(Object.entries(modelFiles()).map(([path, text]) => [path, Buffer.from(text)])),
  'code/__init__.py': Buffer.from('#'),
  'data/a b+ä.bin': Buffer.alloc(70_000, 'abc'),
  'data/deep/er/weights.bin': Buffer.alloc(20_000_000, '0123456789'),
};

describe('one model, wherever it lies', () => {
  withVariables(() => ({
    AWS_ACCESS_KEY_ID: 'AKIATESTTESTTESTTEST',
    AWS_SECRET_ACCESS_KEY: 'reader',
    AWS_PROFILE: undefined,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...(SSHD === undefined ? {} : { PATH: `${SSHD.bin}:${process.env['PATH'] ?? ''}` }),
    SSH_AUTH_SOCK: undefined,
  }));
  const folder = suiteFolder();
  let digest = '';

  async function resolve(uri: string, trackingUri?: string): Promise<ResolvedModel> {
    const sources = createModelSources({
      credentials: { kind: 'none' },
      workingFolder: folder.path,
      // one for each, or the second would come from what the first left
      cacheFolder: join(folder.path, 'caches', encodeURIComponent(uri)),
      artifactStores: {
        ...STORE_SETTINGS,
        s3: { ...STORE_SETTINGS.s3, ...(S3_ENDPOINT === undefined ? {} : { endpoint: S3_ENDPOINT }) },
        gcs: GCS_EMULATOR === undefined ? {} : { emulatorHost: GCS_EMULATOR.replace('http://', '') },
        azure: AZURITE === undefined ? {} : { connectionString: azuriteConnection() },
      },
      ...(trackingUri === undefined ? {} : { trackingUri }),
    });
    const context = { emit: () => undefined, signal: new AbortController().signal };
    const { model, dispose } = await sources.resolve(await sources.parse(uri), context);
    await dispose();
    return model;
  }

  beforeAll(async () => {
    putInFolder(join(folder.path, 'm'), FILES);
    ({ digest } = await resolve('m'));
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  const places: readonly (readonly [string, string | undefined, () => string | Promise<string>])[] = [
    ['S3 (moto)', S3_ENDPOINT, () => putOnS3(NAME, FILES)],
    ["Google's storage (gcp-storage-emulator)", GCS_EMULATOR, () => putOnGcs(NAME, FILES)],
    ['Azure (Azurite)', AZURITE, () => putOnAzurite(NAME, FILES)],
    ["sftp (OpenSSH's server)", SSHD?.folder, () => putOnSftp(SSHD!, FILES)],
  ];
  for (const [name, variable, put] of places)
    it.skipIf(variable === undefined)(`has the same digest on ${name}`, { timeout: 120_000 }, async () => {
      const uri = await put();
      const model = await resolve(uri);
      expect(model.digest).toBe(digest);
      expect(model.files.map(({ path }) => path)).toEqual(Object.keys(FILES).sort());
    });

  it.skipIf(TRACKING_URI === undefined)(
    `has the same digest behind a real tracking server, by its proxy and by http:${withoutStore('TRACKING_URI', TRACKING_URI)}`,
    { timeout: 120_000 },
    async () => {
      const uri = await putBehindServer(TRACKING_URI!, NAME, FILES);
      expect((await resolve(uri, TRACKING_URI)).digest).toBe(digest);
      const host = new URL(TRACKING_URI!).host;
      const withHost = uri.replace('mlflow-artifacts:/', `mlflow-artifacts://${host}/`);
      expect((await resolve(withHost, TRACKING_URI)).digest).toBe(digest);
      const address = uri.replace(
        'mlflow-artifacts:/',
        `${TRACKING_URI!}/api/2.0/mlflow-artifacts/artifacts/`,
      );
      expect((await resolve(address)).digest).toBe(digest);
    },
  );
});
