import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModelSources } from '../../../src/sources/index.ts';
import type { ResolvedModelHandle, TrackingCredentials } from '../../../src/sources/port.ts';
import {
  type LoggedIris,
  logIris,
  MLFLOW_PYTHON,
  MLFLOW_USER,
  type MlflowServer,
  NO_MLFLOW,
  startMlflowServer,
} from '../../support/mlflow.ts';
import { suiteFolder } from '../../support/test-folders.ts';

const IRIS_FILES = ['MLmodel', 'conda.yaml', 'input_example.json', 'python_env.yaml', 'requirements.txt'];

interface Client {
  readonly trackingUri: string;
  readonly credentials?: TrackingCredentials;
  readonly cacheFolder: string;
}

async function resolve(
  uri: string,
  { trackingUri, credentials = { kind: 'none' }, cacheFolder }: Client,
): Promise<ResolvedModelHandle> {
  const sources = createModelSources({ trackingUri, credentials, workingFolder: cacheFolder, cacheFolder });
  const context = { emit: () => undefined, signal: new AbortController().signal };
  return sources.resolve(await sources.parse(uri), context);
}

function leftIn(cache: string): readonly string[] {
  return existsSync(join(cache, 'tmp')) ? readdirSync(join(cache, 'tmp')) : [];
}

const proxiedStore = suiteFolder();

describe.skipIf(MLFLOW_PYTHON === undefined)(`a real tracking server${NO_MLFLOW}`, () => {
  const folder = proxiedStore;
  const cache = suiteFolder();
  let server: MlflowServer | undefined;
  let iris: LoggedIris;

  beforeAll(async () => {
    server = await startMlflowServer({ folder: folder.path });
    iris = await logIris({ folder: folder.path, trackingUri: server.url });
  });
  afterAll(() => server?.stop());
  const client = (): Client => ({ trackingUri: server!.url, cacheFolder: cache.path });

  const forms: readonly (readonly [string, (iris: LoggedIris) => string, (iris: LoggedIris) => object])[] = [
    [
      "the run's logged model",
      ({ runId }) => `runs:/${runId}/iris_model`,
      ({ runId, modelId }) => ({ runId, modelId }),
    ],
    [
      'artifacts of a run',
      ({ classicRunId }) => `runs:/${classicRunId}/classic`,
      ({ classicRunId }) => ({ runId: classicRunId }),
    ],
    ['a model id', ({ modelId }) => `models:/${modelId}`, ({ runId, modelId }) => ({ runId, modelId })],
    ['a version', () => 'models:/iris/1', () => ({ registeredName: 'iris', registeredVersion: 1 })],
    [
      'the latest version',
      () => 'models:/iris/Latest',
      () => ({ pinnedUri: 'models:/iris/3', registeredVersion: 3 }),
    ],
    ['a stage', () => 'models:/iris/production', ({ modelId }) => ({ pinnedUri: 'models:/iris/2', modelId })],
    ['an alias', () => 'models:/iris@champion', ({ modelId }) => ({ pinnedUri: 'models:/iris/2', modelId })],
  ];
  it.each(forms)('gives %s', async (_, uriOf, originOf) => {
    const { model, dispose } = await resolve(uriOf(iris), client());
    expect(model.origin).toMatchObject(originOf(iris));
    expect(model.files.map(({ path }) => path)).toEqual(expect.arrayContaining(IRIS_FILES));
    expect(model.mlmodel).toMatchObject({
      mainFlavor: 'sklearn',
      signature: { inputs: { kind: 'tensors' } },
    });
    expect(model.environment.requirements.map(({ text }) => text).join()).toContain('scikit-learn==');
    await dispose();
    expect(leftIn(cache.path)).toEqual([]);
  });

  const errors: readonly (readonly [(iris: LoggedIris) => string, string, string, string])[] = [
    [() => `runs:/${'0'.repeat(32)}/m`, 'MODEL_NOT_FOUND', 'does not exist', 'check the run id'],
    [({ runId }) => `runs:/${runId}/irismodel`, 'MODEL_NOT_FOUND', "has no 'irismodel'", '/iris_model'],
    [({ classicRunId }) => `runs:/${classicRunId}/x`, 'MODEL_NOT_FOUND', "has no 'x'", "'classic'"],
    [() => `models:/m-${'0'.repeat(32)}`, 'MODEL_NOT_FOUND', 'does not exist', 'names a model id'],
    [() => 'models:/iris/7', 'MODEL_NOT_FOUND', "'iris/7' does not exist", "versions of 'iris' are 1, 2, 3"],
    [() => 'models:/irsi/1', 'MODEL_NOT_FOUND', "'irsi' does not exist", "'iris'"],
    [() => 'models:/iris@nobody', 'MODEL_NOT_FOUND', "no alias 'nobody'", 'champion (version 2)'],
    [() => 'models:/iris/Staging', 'MODEL_NOT_FOUND', "in stage 'Staging'", 'Production (version 2)'],
    [() => "models:/it's/1", 'MODEL_NOT_FOUND', 'does not exist', 'registered models are'],
  ];
  it.each(errors)('explains what it does not have: %s', async (uriOf, code, message, hint) => {
    const error: unknown = await resolve(uriOf(iris), client()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toContain(message);
    expect((error as { hint: string }).hint).toContain(hint);
    expect(leftIn(cache.path)).toEqual([]);
  });

  it('has the same models for one who reads its database beside it', async () => {
    const listing = readdirSync(folder.path);
    const local = { trackingUri: `sqlite:///${join(folder.path, 'mlflow.db')}`, cacheFolder: cache.path };
    await expect(resolve('models:/iris/2', local)).rejects.toMatchObject({
      code: 'MODEL_SCHEME_UNSUPPORTED',
      message: expect.stringContaining("'mlflow-artifacts:'") as string,
    });
    await expect(resolve('models:/iris/7', local)).rejects.toMatchObject({
      hint: "versions of 'iris' are 1, 2, 3",
    });
    expect(readdirSync(folder.path)).toEqual(listing);
  });
});

describe.skipIf(MLFLOW_PYTHON === undefined)(`a tracking server with a login${NO_MLFLOW}`, () => {
  const folder = suiteFolder();
  const cache = suiteFolder();
  let server: MlflowServer | undefined;

  beforeAll(async () => {
    // the same store: what it records is relative to the server
    cpSync(proxiedStore.path, folder.path, { recursive: true });
    server = await startMlflowServer({ folder: folder.path, access: 'login' });
  });
  afterAll(() => server?.stop());

  it('gives a model to its user', async () => {
    const client = {
      trackingUri: server!.url,
      cacheFolder: cache.path,
      credentials: { kind: 'basic', ...MLFLOW_USER },
    } as const;
    // one model, as this server takes its time to check the password for every request
    const { model, dispose } = await resolve('models:/iris@champion', client);
    expect(model.origin.registeredVersion).toBe(2);
    await dispose();
  });

  it('refuses a wrong password, and one who gives none', async () => {
    const wrong = { kind: 'basic', username: MLFLOW_USER.username, password: 'wrong' } as const;
    await expect(
      resolve('models:/iris/2', { trackingUri: server!.url, cacheFolder: cache.path, credentials: wrong }),
    ).rejects.toMatchObject({
      code: 'STORE_DENIED',
      message: expect.stringContaining(`the login of user '${MLFLOW_USER.username}' (401)`) as string,
    });
    await expect(
      resolve('models:/iris/2', { trackingUri: server!.url, cacheFolder: cache.path }),
    ).rejects.toMatchObject({
      code: 'STORE_DENIED',
      message: expect.stringContaining('no login was given (401)') as string,
    });
  });
});

describe.skipIf(MLFLOW_PYTHON === undefined)(`a database that MLflow wrote${NO_MLFLOW}`, () => {
  const folder = suiteFolder();
  const cache = suiteFolder();
  let iris: LoggedIris;

  beforeAll(async () => {
    iris = await logIris({ folder: folder.path });
  });

  it('is what is read when nothing is said, and nothing is made beside it', async () => {
    const workingFolder = folder.path;
    const listing = readdirSync(workingFolder);
    const sources = createModelSources({
      credentials: { kind: 'none' },
      workingFolder,
      cacheFolder: cache.path,
    });
    const context = { emit: () => undefined, signal: new AbortController().signal };
    const { runId, classicRunId, modelId } = iris;
    for (const uri of [
      `runs:/${runId}/iris_model`,
      `runs:/${classicRunId}/classic`,
      `models:/${modelId}`,
      'models:/iris/1',
      'models:/iris/latest',
      'models:/iris/Production',
      'models:/iris@champion',
    ]) {
      const { model, dispose } = await sources.resolve(await sources.parse(uri), context);
      expect(model.mlmodel.mainFlavor).toBe('sklearn');
      await dispose();
    }
    expect(readdirSync(workingFolder)).toEqual(listing);
    expect(leftIn(cache.path)).toEqual([]);
  });

  it('is read by way of a server that names its folders', async () => {
    const server = await startMlflowServer({ folder: folder.path, artifacts: 'direct' });
    try {
      for (const uri of [`runs:/${iris.runId}/iris_model`, 'models:/iris/1', 'models:/iris/3']) {
        const { model } = await resolve(uri, { trackingUri: server.url, cacheFolder: cache.path });
        expect(model.folder.startsWith(join(folder.path, 'mlruns'))).toBe(true);
      }
    } finally {
      await server.stop();
    }
    expect(leftIn(cache.path)).toEqual([]);
  });
});
