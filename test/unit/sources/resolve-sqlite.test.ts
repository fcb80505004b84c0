import { readdirSync, readFileSync, existsSync, cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createModelSources } from '../../../src/sources/index.ts';
import type { ResolvedModelHandle } from '../../../src/sources/port.ts';
import { modelFiles } from '../../support/model-files.ts';
import { type DatabaseContent, writeMlflowDatabase } from '../../support/mlflow-database.ts';
import { recordEvents } from '../../support/recorded-events.ts';
import { openForWriting, writeAndClose } from '../../support/sqlite.ts';
import { temporaryFolders, writeTree } from '../../support/test-folders.ts';

const makeFolder = temporaryFolders();
const ID = `m-${'a'.repeat(32)}`;
const OTHER_ID = `m-${'b'.repeat(32)}`;

interface Store {
  readonly folder: string;
  readonly cache: string;
  readonly resolve: (uri: string) => Promise<ResolvedModelHandle>;
}

function makeStore(major: 1 | 2 | 3, content: (folder: string) => DatabaseContent): Store {
  const folder = makeFolder();
  writeMlflowDatabase(join(folder, 'mlflow.db'), major, content(folder));
  return storeIn(folder);
}

function storeIn(folder: string): Store {
  const cache = makeFolder();
  const sources = createModelSources({
    trackingUri: `sqlite:///${join(folder, 'mlflow.db')}`,
    credentials: { kind: 'none' },
    workingFolder: makeFolder(),
    cacheFolder: cache,
  });
  const context = { ...recordEvents(), signal: new AbortController().signal };
  return { folder, cache, resolve: async (uri) => sources.resolve(await sources.parse(uri), context) };
}

describe('a store of MLflow 3', () => {
  const content = (folder: string): DatabaseContent => ({
    runs: [{ id: 'run1', artifactUri: join(folder, 'mlruns/1/run1/artifacts') }],
    models: [
      {
        id: ID,
        name: 'iris_model',
        location: join(folder, `mlruns/1/models/${ID}/artifacts`),
        run: 'run1',
        created: 2,
      },
      { id: OTHER_ID, name: 'iris_model', location: '/nowhere', run: 'run1', created: 1 },
      { id: 'm-gone', name: 'gone', location: '/nowhere', run: 'run1', lifecycle: 'deleted' },
    ],
    versions: [
      { name: 'iris', version: 1, source: `models:/${OTHER_ID}`, stage: 'Archived' },
      { name: 'iris', version: 2, source: `models:/${ID}`, stage: 'Production', run: 'run1' },
      { name: 'iris', version: 3, source: 'runs:/run1/iris_model', stage: 'Staging' },
      {
        name: 'iris',
        version: 4,
        source: `models:/${OTHER_ID}`,
        storage: `file://${folder}/mlruns/1/models/${ID}/artifacts`,
      },
      { name: 'iris', version: 5, source: '/nowhere', stage: 'Deleted_Internal' },
      { name: 'iris', version: 9, source: '/nowhere', workspace: 'elsewhere' },
      { name: 'cloud', version: 1, source: 'hdfs://bucket/model' },
      { name: 'proxied', version: 1, source: 'mlflow-artifacts:/1/models/x' },
      { name: 'circle', version: 1, source: 'models:/circle/1' },
    ],
    aliases: [{ name: 'iris', alias: 'champion', version: 2 }],
  });
  function store(): Store {
    const made = makeStore(3, content);
    writeTree(join(made.folder, `mlruns/1/models/${ID}/artifacts`), modelFiles());
    return made;
  }

  it("finds a run's model where it lies, and reads it there", async () => {
    const { folder, cache, resolve } = store();
    const before = readdirSync(folder);
    const bytes = readFileSync(join(folder, 'mlflow.db'));
    const { model, dispose } = await resolve('runs:/run1/iris_model');
    expect(model.folder).toBe(join(folder, `mlruns/1/models/${ID}/artifacts`));
    expect(model.origin).toEqual({ uri: 'runs:/run1/iris_model', runId: 'run1', modelId: ID });
    expect(model.files.map(({ path }) => path)).toEqual([
      'MLmodel',
      'model.pkl',
      'python_env.yaml',
      'requirements.txt',
    ]);
    expect(model.environment.pythonMinor).toBe('3.11');
    await dispose();
    await dispose();
    expect(existsSync(model.folder)).toBe(true);
    expect(readdirSync(folder)).toEqual(before);
    expect(readFileSync(join(folder, 'mlflow.db'))).toEqual(bytes);
    expect(readdirSync(cache)).toEqual([]);
  });

  it.each([
    [`models:/${ID}`, { modelId: ID, runId: 'run1' }],
    ['models:/iris/2', { registeredName: 'iris', registeredVersion: 2, runId: 'run1', modelId: ID }],
    ['models:/iris/3', { registeredName: 'iris', registeredVersion: 3, runId: 'run1', modelId: ID }],
    ['models:/iris/4', { registeredName: 'iris', registeredVersion: 4, modelId: OTHER_ID }],
    [
      'models:/iris/Latest',
      { uri: 'models:/iris/latest', registeredVersion: 4, pinnedUri: 'models:/iris/4' },
    ],
    ['models:/iris@latest', { uri: 'models:/iris/latest', registeredVersion: 4 }],
    [
      'models:/iris/production',
      { uri: 'models:/iris/Production', registeredVersion: 2, pinnedUri: 'models:/iris/2' },
    ],
    [
      'models:/iris@champion',
      { uri: 'models:/iris@champion', registeredVersion: 2, pinnedUri: 'models:/iris/2' },
    ],
  ])('resolves %s', async (uri, origin) => {
    const { model } = await store().resolve(uri);
    expect(model.origin).toMatchObject({ uri, ...origin });
    expect(model.mlmodel.mainFlavor).toBe('sklearn');
  });

  it('puts the files of the logged model over those of the run', async () => {
    const { folder, cache, resolve } = store();
    writeTree(join(folder, 'mlruns/1/run1/artifacts/iris_model'), {
      'model.pkl': 'old',
      'notes/x.txt': 'kept',
    });
    const { model, dispose } = await resolve('runs:/run1/iris_model');
    expect(model.folder.startsWith(cache)).toBe(true);
    expect(readFileSync(join(model.folder, 'model.pkl'), 'utf8')).toBe('not really a pickle');
    expect(readFileSync(join(model.folder, 'notes/x.txt'), 'utf8')).toBe('kept');
    await dispose();
    await dispose();
    expect(readdirSync(join(cache, 'tmp'))).toEqual([]);
  });

  it('works after the store was moved', async () => {
    const { folder } = store();
    const moved = join(makeFolder(), 'moved');
    cpSync(folder, moved, { recursive: true });
    rmSync(folder, { recursive: true });
    for (const uri of ['runs:/run1/iris_model', 'models:/iris/2', 'models:/iris/4', `models:/${ID}`]) {
      const { model } = await storeIn(moved).resolve(uri);
      expect(model.folder).toBe(join(moved, `mlruns/1/models/${ID}/artifacts`));
    }
  });

  it.each([
    ['runs:/nope/iris_model', 'MODEL_NOT_FOUND', "run 'nope' does not exist", 'check the run id'],
    ['runs:/run1/iris', 'MODEL_NOT_FOUND', "run 'run1' has no 'iris'", 'runs:/run1/iris_model'],
    ['runs:/run1/gone', 'MODEL_NOT_FOUND', "has no 'gone'", 'runs:/run1/iris_model'],
    ['runs:/run1', 'MODEL_NOT_FOUND', 'no model of its own', 'runs:/run1/iris_model'],
    ['models:/m-gone', 'MODEL_NOT_FOUND', "model id 'm-gone' does not exist", 'names a model id'],
    ['models:/iris', 'MODEL_NOT_FOUND', "model id 'iris' does not exist", 'write models:/iris/4'],
    [
      'models:/iris/7',
      'MODEL_NOT_FOUND',
      "model version 'iris/7' does not exist",
      "versions of 'iris' are 1, 2, 3, 4",
    ],
    ['models:/iris/5', 'MODEL_NOT_FOUND', "'iris/5' does not exist", '1, 2, 3, 4'],
    ['models:/iris/9', 'MODEL_NOT_FOUND', "'iris/9' does not exist", '1, 2, 3, 4'],
    ['models:/irsi/1', 'MODEL_NOT_FOUND', "registered model 'irsi' does not exist", 'registered models are'],
    ['models:/iriss/latest', 'MODEL_NOT_FOUND', "'iriss' does not exist", "did you mean 'iris'?"],
    ['models:/iris@nobody', 'MODEL_NOT_FOUND', "no alias 'nobody'", 'champion (version 2)'],
    ['models:/cloud/Production', 'MODEL_NOT_FOUND', "no version in stage 'Production'", 'None (version 1)'],
    ['models:/iris/1', 'MODEL_NOT_FOUND', 'are not where the store', 'beside the database'],
    ['models:/cloud/1', 'MODEL_SCHEME_UNSUPPORTED', "'hdfs:'", 'mlflow artifacts download'],
    ['models:/proxied/1', 'MODEL_SCHEME_UNSUPPORTED', "'mlflow-artifacts:'", '--tracking-uri http'],
    ['models:/circle/1', 'STORE_FAILED', 'in a circle', undefined],
  ])('explains %s', async (uri, code, message, hint) => {
    const { resolve, cache } = store();
    const error: unknown = await resolve(uri).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toContain(message);
    if (hint !== undefined) expect((error as { hint?: string }).hint).toContain(hint);
    expect(readdirSync(cache)).toEqual([]);
  });

  it('says when the folder of the model holds no MLmodel, and where one is', async () => {
    const { folder, resolve } = store();
    writeTree(join(folder, 'mlruns/1/run1/artifacts/bundle/inner'), modelFiles());
    await expect(resolve('runs:/run1/bundle')).rejects.toMatchObject({
      code: 'MODEL_BROKEN',
      message: "'runs:/run1/bundle' holds no 'MLmodel' file",
      hint: "did you mean the folder 'inner' inside it?",
    });
  });
});

describe('older stores', () => {
  it('finds the model of a run of MLflow 2 below the run', async () => {
    const { folder, resolve } = makeStore(2, (store) => ({
      runs: [{ id: 'run1', artifactUri: join(store, 'mlruns/0/run1/artifacts') }],
      versions: [
        { name: 'wine', version: 1, source: join(store, 'mlruns/0/run1/artifacts/model'), run: 'run1' },
      ],
      aliases: [{ name: 'wine', alias: 'best', version: 1 }],
    }));
    writeTree(join(folder, 'mlruns/0/run1/artifacts/model'), modelFiles());
    for (const uri of ['runs:/run1/model', 'models:/wine/1', 'models:/wine/latest', 'models:/wine@best'])
      expect((await resolve(uri)).model.origin).toMatchObject({ uri, runId: 'run1' });
    await expect(resolve('runs:/run1/modle')).rejects.toMatchObject({ hint: "the run holds 'model'" });
  });

  it('reads a database that has no registry', async () => {
    const { folder, resolve } = makeStore(1, () => ({
      runs: [{ id: 'run1', artifactUri: './mlruns/0/run1/artifacts' }],
    }));
    writeTree(join(folder, 'mlruns/0/run1/artifacts/model'), modelFiles());
    expect((await resolve('runs:/run1/model')).model.origin).toEqual({
      uri: 'runs:/run1/model',
      runId: 'run1',
    });
    await expect(resolve('models:/x/1')).rejects.toMatchObject({
      hint: 'the store has no registered models',
    });
    await expect(resolve('models:/m-1')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it('reads a database of a later schema, with columns and tables that nobody knows yet', async () => {
    const { folder, resolve } = makeStore(3, (root) => ({
      runs: [{ id: 'run1', artifactUri: join(root, 'a') }],
      versions: [{ name: 'iris', version: 1, source: 'runs:/run1/model' }],
    }));
    writeTree(
      folder,
      Object.fromEntries(Object.entries(modelFiles()).map(([p, text]) => [`a/model/${p}`, text])),
    );
    const sql = `ALTER TABLE runs ADD COLUMN tier TEXT; ALTER TABLE model_versions ADD COLUMN lineage TEXT DEFAULT 'x';
      CREATE TABLE logged_model_lineage(id TEXT); UPDATE model_versions SET lineage = 'y'`;
    writeAndClose(openForWriting(join(folder, 'mlflow.db')), sql);
    expect((await resolve('models:/iris/1')).model.origin.runId).toBe('run1');
  });

  it('shows the registered models of one workspace', async () => {
    const folder = makeFolder();
    writeMlflowDatabase(join(folder, 'mlflow.db'), 3, {
      versions: [
        { name: 'iris', version: 1, source: join(folder, 'default') },
        { name: 'iris', version: 2, source: join(folder, 'team'), workspace: "team's" },
      ],
    });
    writeTree(join(folder, 'team'), modelFiles());
    const sources = createModelSources({
      ...{ trackingUri: `sqlite:///${join(folder, 'mlflow.db')}`, workspace: "team's" },
      ...{ credentials: { kind: 'none' }, workingFolder: folder, cacheFolder: makeFolder() },
    });
    const context = { ...recordEvents(), signal: new AbortController().signal };
    const { model } = await sources.resolve(await sources.parse('models:/iris/2'), context);
    expect(model.origin.registeredVersion).toBe(2);
    await expect(sources.resolve(await sources.parse('models:/iris/1'), context)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
  });

  it('refuses a database of something else', async () => {
    const folder = makeFolder();
    const { openForWriting, writeAndClose } = await import('../../support/sqlite.ts');
    writeAndClose(openForWriting(join(folder, 'mlflow.db')), 'CREATE TABLE t(a)');
    await expect(storeIn(folder).resolve('runs:/run1/model')).rejects.toThrow('not a database of MLflow');
  });
});
