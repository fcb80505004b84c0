import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModelSources } from '../../../src/sources/index.ts';
import type { ResolvedModel } from '../../../src/model/resolved-model.ts';
import {
  type LoggedIris,
  logIris,
  MLFLOW2_PYTHON,
  MLFLOW_PYTHON,
  type MlflowServer,
  NO_MLFLOW,
  NO_MLFLOW2,
  startMlflowServer,
} from '../../support/mlflow.ts';
import { suiteFolder } from '../../support/test-folders.ts';

interface Client {
  readonly trackingUri?: string;
  readonly registryUri?: string;
  readonly workingFolder: string;
}

async function resolve(uri: string, client: Client): Promise<ResolvedModel> {
  const { workingFolder } = client;
  const cacheFolder = join(workingFolder, 'cache of the test');
  const sources = createModelSources({ credentials: { kind: 'none' }, cacheFolder, ...client });
  const context = { emit: () => undefined, signal: new AbortController().signal };
  const { model, dispose } = await sources.resolve(await sources.parse(uri), context);
  await dispose();
  return model;
}

/** Every way to write it that this iris has, and what it must come to. */
const uris = ({ runId, classicRunId }: LoggedIris): readonly string[] => [
  `runs:/${runId}/iris_model`,
  `runs:/${classicRunId}/classic`,
  'models:/iris/1',
  'models:/iris/latest',
  'models:/iris/Production',
  'models:/iris@champion',
];

const SETTINGS = [
  { version: 3, python: MLFLOW_PYTHON, missing: NO_MLFLOW },
  { version: 2, python: MLFLOW2_PYTHON, missing: NO_MLFLOW2 },
];

for (const { version, python, missing } of SETTINGS)
  describe.skipIf(python === undefined)(`a file store that MLflow ${version} wrote${missing}`, () => {
    const folder = suiteFolder();
    const moved = suiteFolder();
    let iris: LoggedIris;

    beforeAll(async () => {
      const trackingUri = `file://${join(folder.path, 'mlruns')}`;
      // MLflow 3.13 and later refuse it without this
      const env = { MLFLOW_ALLOW_FILE_STORE: 'true' };
      iris = await logIris({ folder: folder.path, trackingUri, env, python });
    });

    it('is what is read when nothing is said', async () => {
      const before = readdirSync(join(folder.path, 'mlruns'), { recursive: true }).sort();
      for (const uri of uris(iris)) {
        const model = await resolve(uri, { workingFolder: folder.path });
        expect(model.mlmodel.mainFlavor).toBe('sklearn');
        expect(model.origin.runId).toMatch(/^[0-9a-f]{32}$/);
      }
      expect(readdirSync(join(folder.path, 'mlruns'), { recursive: true }).sort()).toEqual(before);
    });

    it('pins what a name stands for', async () => {
      const client = { workingFolder: folder.path };
      expect((await resolve('models:/iris@champion', client)).origin).toMatchObject({
        pinnedUri: 'models:/iris/2',
        registeredVersion: 2,
        runId: iris.runId,
      });
      expect((await resolve('models:/iris/latest', client)).origin.pinnedUri).toBe('models:/iris/3');
      await expect(resolve('models:/iris/9', client)).rejects.toMatchObject({
        hint: "versions of 'iris' are 1, 2, 3",
      });
    });

    it('is read where it was moved to, with the same digests', async () => {
      const digests = await Promise.all(
        uris(iris).map(async (uri) => (await resolve(uri, { workingFolder: folder.path })).digest),
      );
      renameSync(join(folder.path, 'mlruns'), join(moved.path, 'store'));
      const trackingUri = join(moved.path, 'store');
      for (const [index, uri] of uris(iris).entries())
        expect((await resolve(uri, { workingFolder: moved.path, trackingUri })).digest).toBe(digests[index]);
    });
  });

describe.skipIf(MLFLOW2_PYTHON === undefined)(`a tracking server of MLflow 2${NO_MLFLOW2}`, () => {
  const folder = suiteFolder();
  const work = suiteFolder();
  let server: MlflowServer | undefined;
  let iris: LoggedIris;

  beforeAll(async () => {
    server = await startMlflowServer({ folder: folder.path, python: MLFLOW2_PYTHON });
    iris = await logIris({ folder: folder.path, trackingUri: server.url, python: MLFLOW2_PYTHON });
  });
  afterAll(() => server?.stop());
  const client = (): Client => ({ trackingUri: server!.url, workingFolder: work.path });

  it('gives models in every form, with the digest that its database gives', async () => {
    for (const uri of uris(iris)) {
      const model = await resolve(uri, client());
      expect(model.mlmodel).toMatchObject({
        mainFlavor: 'sklearn',
        mlflowVersion: expect.stringMatching(/^2\./) as string,
      });
    }
    const aliased = await resolve('models:/iris@champion', client());
    expect(aliased.digest).toBe((await resolve('models:/iris/2', client())).digest);
    expect(aliased.origin).toMatchObject({ pinnedUri: 'models:/iris/2', runId: iris.runId });
  });

  it('explains what it does not have, logged models included', async () => {
    await expect(resolve(`models:/m-${'0'.repeat(32)}`, client())).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
    await expect(resolve('models:/iris@nobody', client())).rejects.toMatchObject({
      hint: expect.stringContaining('champion (version 2)') as string,
    });
    await expect(resolve(`runs:/${'0'.repeat(32)}/m`, client())).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
  });

  it('is the registry of runs that are in a database beside it', async () => {
    const trackingUri = `sqlite:///${join(folder.path, 'mlflow.db')}`;
    const model = await resolve('models:/iris/1', { ...client(), trackingUri, registryUri: server!.url });
    expect(model.origin).toMatchObject({ registeredVersion: 1, runId: iris.runId });
  });
});
