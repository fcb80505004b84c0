import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResolvedModel } from '../../../src/model/resolved-model.ts';
import { createModelSources } from '../../../src/sources/index.ts';
import { S3_ENDPOINT, STORE_SETTINGS, withVariables } from '../../support/artifact-stores.ts';
import { type LocalServer, startLocalServer } from '../../support/local-server.ts';
import {
  type LoggedIris,
  logIris,
  type MlflowServer,
  runMlflowScript,
  startMlflowServer,
} from '../../support/mlflow.ts';
import { recordEvents } from '../../support/recorded-events.ts';
import { noS3OfMlflow, S3_KEYS, s3ForMlflow } from '../../support/s3-of-mlflow.ts';
import { suiteFolder } from '../../support/test-folders.ts';

const skipped = noS3OfMlflow === undefined ? '' : ` (skipped: ${noS3OfMlflow} is not set)`;
const BUCKET = `ways-${process.pid}`;
const NO_LOGIN = {
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_PROFILE: undefined,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/nonexistent',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
};

/** The same files once more, in an experiment whose files are behind the server's proxy. */
const logBehind = (runId: string): string => `
import json, mlflow
folder = mlflow.artifacts.download_artifacts("runs:/${runId}/classic")
experiment = mlflow.MlflowClient().create_experiment("behind", artifact_location="mlflow-artifacts:/behind")
with mlflow.start_run(experiment_id=experiment) as run:
    mlflow.log_artifacts(folder, "iris")
print(json.dumps(run.info.run_id))
`;

describe.skipIf(noS3OfMlflow !== undefined)(`models of MLflow on S3, as moto speaks it${skipped}`, () => {
  const folder = suiteFolder();
  let server: MlflowServer;
  /** Refuses everybody, as a bucket does to whom it does not know. */
  let closed: LocalServer;
  let iris: LoggedIris;
  let behind: string;
  let caches = 0;

  beforeAll(async () => {
    const env = await s3ForMlflow(folder.path, BUCKET);
    const [artifactRoot, experimentRoot] = [`s3://${BUCKET}/proxied`, `s3://${BUCKET}/direct`];
    server = await startMlflowServer({ folder: folder.path, artifactRoot, experimentRoot, env });
    const client = { folder: folder.path, trackingUri: server.url, env };
    iris = await logIris(client);
    behind = (await runMlflowScript({ ...client, script: logBehind(iris.classicRunId) })) as string;
    closed = await startLocalServer((_, response) => {
      response.writeHead(403).end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
    });
  });
  afterAll(async () => {
    await server.stop();
    await closed.close();
  });

  interface Resolved {
    readonly model: ResolvedModel;
    readonly told: string;
  }

  /** From an empty cache. */
  async function resolve(uri: string, endpoint: string): Promise<Resolved> {
    const { emit, events } = recordEvents();
    const sources = createModelSources({
      trackingUri: server.url,
      credentials: { kind: 'none' },
      artifactStores: { ...STORE_SETTINGS, s3: { ...STORE_SETTINGS.s3, endpoint } },
      workingFolder: folder.path,
      cacheFolder: `${folder.path}/cache-${(caches += 1)}`,
    });
    const context = { emit, signal: new AbortController().signal };
    const { model, dispose } = await sources.resolve(await sources.parse(uri), context);
    await dispose();
    const words = events.flatMap((event) => {
      if (event.type === 'note') return [event.message];
      return event.type === 'step.end' && event.step === 'download' ? [event.note ?? ''] : [];
    });
    return { model, told: words.join('; ') };
  }

  const uris: readonly (readonly [string, () => string, string])[] = [
    ['the logged model of a run', () => `runs:/${iris.runId}/iris_model`, "the tracking server's own routes"],
    ['an alias', () => 'models:/iris@champion', "the tracking server's own routes"],
    ['files of a run', () => `runs:/${iris.classicRunId}/classic`, 'presigned URLs'],
    ['a version of these files', () => 'models:/iris/3', 'presigned URLs'],
  ];
  const digests = new Map<string, string>();

  describe('with a login', () => {
    withVariables(() => ({ ...NO_LOGIN, ...S3_KEYS }));

    it.each(uris)('come from the store itself: %s', async (name, uri) => {
      const { model, told } = await resolve(uri(), S3_ENDPOINT!);
      expect(told).toMatch(/^\d+ files by the artifact store itself/);
      expect(model.stores).toEqual(['s3']);
      digests.set(name, model.digest);
    });
  });

  describe('without a login', () => {
    withVariables(() => NO_LOGIN);

    it.each(uris)('come through the server, which has one: %s', async (name, uri, way) => {
      const { model, told } = await resolve(uri(), closed.url);
      expect(told).toContain(` come by ${way}, since the bucket 's3://${BUCKET}' refuses`);
      expect(told).toContain(` files by ${way}`);
      expect(model.digest).toBe(digests.get(name));
    });

    it('come from behind the server by URLs that it signs', async () => {
      const { model, told } = await resolve(`runs:/${behind}/iris`, closed.url);
      expect(told).toMatch(/^\d+ files by presigned URLs/);
      expect(model.stores).toEqual(['mlflow-artifacts']);
      expect(model.digest).toBe(digests.get('a version of these files'));
    });
  });
});
