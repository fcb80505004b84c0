import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CaissonError } from '../../../src/core/errors.ts';
import { HttpClient } from '../../../src/platform/http.ts';
import type { ArtifactLocation } from '../../../src/sources/artifact-location.ts';
import type { ArtifactStore } from '../../../src/sources/artifacts/port.ts';
import type { ServerReference } from '../../../src/sources/artifacts/server-bytes.ts';
import { DOWNLOAD_POLICY } from '../../../src/sources/download/policy.ts';
import type { LocalModel, MaterializeRequest } from '../../../src/sources/local-model.ts';
import { materialize } from '../../../src/sources/materialize.ts';
import { ServerApi } from '../../../src/sources/tracking-server/server-api.ts';
import { rejection } from '../../support/errors.ts';
import { startFakeTrackingServer, type Answer } from '../../support/fake-tracking-server.ts';
import type { LocalServer } from '../../support/local-server.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { modelFiles } from '../../support/model-files.ts';
import { recordEvents } from '../../support/recorded-events.ts';
import { temporaryFolders, writeTree } from '../../support/test-folders.ts';

const makeFolder = temporaryFolders();
const { signal } = new AbortController();
let server: LocalServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

const BUCKET: ArtifactLocation = { kind: 'unsupported', scheme: 's3', uri: 's3:/x' };
const FILES = Object.fromEntries(
  Object.entries(modelFiles()).map(([path, text]) => [path, Buffer.from(text)]),
);
const denied = new CaissonError('STORE_DENIED', "the bucket 's3://b' refuses to be read");

interface Brought {
  readonly model: LocalModel | undefined;
  readonly notes: readonly string[];
  readonly steps: readonly object[];
}

async function bring(request: Partial<MaterializeRequest>): Promise<Brought> {
  const { emit, events } = recordEvents();
  const folder = makeFolder();
  const model = await materialize({
    layers: [BUCKET],
    shown: "'models:/iris/1'",
    folders: { workingFolder: folder },
    cacheFolder: folder,
    policy: DOWNLOAD_POLICY,
    emit,
    signal,
    ...request,
  });
  return {
    model,
    notes: events.flatMap((event) => ('message' in event ? [event.message] : [])),
    steps: events.filter(({ type }) => type === 'step.end'),
  };
}

async function apiWith(answers: Readonly<Record<string, Answer>>): Promise<ServerApi> {
  server = await startFakeTrackingServer(answers);
  const url = new URL(server.url);
  return new ServerApi({ http: new HttpClient(), url, shown: 'test', credentials: { kind: 'none' }, signal });
}

/** What the server itself calls the place of the model, and its answers for it. */
const REFERENCE: ServerReference = { kind: 'logged-model', modelId: 'm-1', path: '' };
const DIRECTORIES = 'mlflow/logged-models/m-1/artifacts/directories';
const LISTED = {
  [DIRECTORIES]: {
    files: Object.entries(FILES).map(([path, { length }]) => ({ path, is_dir: false, file_size: length })),
  },
};
const BYTES = Object.fromEntries(
  Object.entries(FILES).map(([path, bytes]): [string, Answer] => [
    `/ajax-api/2.0/mlflow/logged-models/m-1/artifacts/files?artifact_file_path=${path}`,
    (_, response) => response.end(bytes),
  ]),
);

describe('the ways to a bucket', () => {
  it('begin with the bucket itself', async () => {
    const store = memoryStore({ files: FILES });
    const { model, notes, steps } = await bring({ openDirect: () => Promise.resolve(store) });
    expect(readFileSync(join(model!.folder, 'model.pkl'))).toEqual(FILES['model.pkl']);
    expect(model!.known?.files.map(({ path }) => path)).toEqual(Object.keys(FILES).sort());
    expect(notes).toEqual([]);
    expect(steps).toMatchObject([{ step: 'download', note: '4 files by the artifact store itself' }]);
  });

  it("go on through the server's own routes when this machine has no credentials, and say so", async () => {
    const { model, notes, steps } = await bring({
      api: await apiWith({ ...LISTED, ...BYTES }),
      references: [() => Promise.resolve(REFERENCE)],
      openDirect: () => Promise.reject(denied),
    });
    expect(readFileSync(join(model!.folder, 'model.pkl'))).toEqual(FILES['model.pkl']);
    expect(steps).toMatchObject([{ note: "4 files by the tracking server's own routes" }]);
    expect(notes).toEqual([
      "the files of 'models:/iris/1' come by the tracking server's own routes, since the bucket 's3://b' refuses to be read",
    ]);
  });

  it('that refuse the files, although they list them, are passed as well', async () => {
    const store: ArtifactStore = { ...memoryStore({ files: FILES }), read: () => Promise.reject(denied) };
    const { steps } = await bring({
      api: await apiWith({ ...LISTED, ...BYTES }),
      references: [() => Promise.resolve(REFERENCE)],
      openDirect: () => Promise.resolve(store),
    });
    expect(steps).toMatchObject([{ note: "4 files by the tracking server's own routes" }]);
  });

  it('are all told when none works', async () => {
    const error = await rejection(
      bring({
        api: await apiWith({
          [DIRECTORIES]: (_, response) =>
            response.writeHead(400).end('{"error_code": "X", "message": "no boto3"}'),
        }),
        references: [() => Promise.resolve(REFERENCE)],
        openDirect: () => Promise.reject(denied),
      }),
    );
    expect(error).toMatchObject({ code: 'STORE_DENIED', message: denied.message, exitCode: 3 });
    expect(error.detail).toContain('the artifact store itself: the bucket');
    expect(error.detail).toContain("the tracking server's own routes: test answered 400");
  });

  it('of a registry that lends its storage begin there, and go on to what it gives out itself', async () => {
    const uri = 'models://databricks-uc/main.ml.iris/3';
    const location: ArtifactLocation = { kind: 'remote', scheme: 'models', uri };
    const store = memoryStore({ files: FILES });
    const lent = { layers: [location], openLent: () => Promise.resolve(store) };
    expect((await bring(lent)).steps).toMatchObject([{ note: '4 files by storage that the registry lends' }]);
    const refused = await bring({
      ...{ layers: [location], openLent: () => Promise.reject(denied) },
      openDirect: () => Promise.resolve(memoryStore({ files: FILES })),
    });
    expect(refused.steps).toMatchObject([{ note: '4 files by the artifact store itself' }]);
    expect(refused.notes).toEqual([expect.stringContaining(denied.message)]);
  });

  it.each([
    ['hdfs', { kind: 'unsupported', scheme: 'hdfs', uri: 'hdfs:/x' }],
    ['s3', { kind: 'remote', scheme: 's3', uri: 's3://bucket/x' }],
  ] as const)(
    'are none where nobody opens a %s: location, and it is told what can be read',
    async (scheme, location) => {
      const error = await rejection(
        bring({ layers: [location], openDirect: () => Promise.resolve(undefined) }),
      );
      expect(error).toMatchObject({
        code: 'MODEL_SCHEME_UNSUPPORTED',
        exitCode: 3,
        message: expect.stringContaining(`at a '${scheme}:' location`) as string,
        hint: expect.stringContaining('it reads s3:, gs:, wasbs:') as string,
      });
    },
  );

  it('go on without the files of the run, of which the server lists none, when it has those of the logged model', async () => {
    const layers = [BUCKET, BUCKET];
    const openDirect = (): Promise<ArtifactStore> => Promise.reject(denied);
    const run: ServerReference = { kind: 'run', runId: 'r', path: 'iris_model' };
    const empty = { 'mlflow/artifacts/list': { root_uri: 's3://b/r' } };
    const references = [run, REFERENCE].map((reference) => () => Promise.resolve(reference));
    const api = await apiWith({ ...LISTED, ...BYTES, ...empty });
    const { steps } = await bring({ layers, api, openDirect, references });
    expect(steps).toMatchObject([{ note: "4 files by the tracking server's own routes" }]);
    const only = { layers: [BUCKET], api, openDirect, references: references.slice(0, 1) };
    expect(await rejection(bring(only))).toMatchObject({ code: 'STORE_DENIED', message: denied.message });
    const last = { layers, api, openDirect, references: references.toReversed() };
    expect(await rejection(bring(last))).toMatchObject({ code: 'STORE_DENIED' });
  });

  it('end at an empty bucket', async () => {
    const store = memoryStore({ files: {} });
    expect((await bring({ openDirect: () => Promise.resolve(store) })).model).toBeUndefined();
  });
});

describe('layers', () => {
  it('of a folder and a store are one model, the later one on top, and not kept', async () => {
    const folder = makeFolder();
    writeTree(folder, { 'model.pkl': 'older', 'extra.txt': 'only here' });
    const cacheFolder = makeFolder();
    const { model } = await bring({
      layers: [{ kind: 'local', path: folder }, BUCKET],
      openDirect: () => Promise.resolve(memoryStore({ files: FILES })),
      cacheFolder,
    });
    expect(readFileSync(join(model!.folder, 'model.pkl'))).toEqual(FILES['model.pkl']);
    expect(readFileSync(join(model!.folder, 'extra.txt'), 'utf8')).toBe('only here');
    await model!.dispose();
    expect(existsSync(join(cacheFolder, 'models'))).toBe(false);
    expect(readdirSync(join(cacheFolder, 'tmp'))).toEqual([]);
  });

  it('that both are files of a store give the digest of the whole', async () => {
    const stores = [
      memoryStore({ files: { ...FILES, 'model.pkl': Buffer.from('x') } }),
      memoryStore({ files: FILES }),
    ];
    const both = await bring({ layers: [BUCKET, BUCKET], openDirect: () => Promise.resolve(stores.shift()) });
    const one = await bring({ openDirect: () => Promise.resolve(memoryStore({ files: FILES })) });
    expect(both.model?.known?.digest).toBe(one.model?.known?.digest);
  });
});

describe('a model that is logged anew', () => {
  it('while it is downloaded, with files as long as before, is listed anew', async () => {
    const later = {
      ...FILES,
      MLmodel: Buffer.from(FILES['MLmodel']!.toString().replace('3.17.2', '3.17.3')),
    };
    const stores = [
      memoryStore({
        files: FILES,
        answer: ({ path, count }) =>
          path === 'MLmodel' && count > 1 ? [{ kind: 'bytes', bytes: later.MLmodel }] : undefined,
      }),
      memoryStore({ files: later }),
    ];
    const { model } = await bring({ openDirect: () => Promise.resolve(stores.shift()) });
    expect(stores).toEqual([]);
    expect(readFileSync(join(model!.folder, 'MLmodel'))).toEqual(later.MLmodel);
  });

  it('is downloaded again, though the listing looks the same', async () => {
    const cacheFolder = makeFolder();
    const later = {
      ...FILES,
      MLmodel: Buffer.from(FILES['MLmodel']!.toString().replace('3.17.2', '3.17.3')),
    };
    const from = (files: Readonly<Record<string, Buffer>>): Promise<Brought> =>
      bring({ cacheFolder, openDirect: () => Promise.resolve(memoryStore({ files })) });
    await from(FILES);
    expect((await from(FILES)).steps).toMatchObject([{ outcome: 'cached' }]);
    const again = await from(later);
    expect(again.steps).toMatchObject([{ outcome: 'done' }]);
    expect(readFileSync(join(again.model!.folder, 'MLmodel'))).toEqual(later.MLmodel);
  });
});

describe('a cache that cannot be written', () => {
  it('is told, and the model goes to a temporary folder that ends with its use', async () => {
    const cacheFolder = join(makeFolder(), 'file');
    writeFileSync(cacheFolder, '');
    const { model, notes } = await bring({
      cacheFolder,
      openDirect: () => Promise.resolve(memoryStore({ files: FILES })),
    });
    expect(notes[0]).toMatch(/^the cache folder '.*file' cannot be written: .*: the model is not kept$/);
    expect(model!.folder.startsWith(join(tmpdir(), 'caisson-model-'))).toBe(true);
    expect(model!.known).toBeDefined();
    await model!.dispose();
    expect(existsSync(dirname(model!.folder))).toBe(false);
    rmSync(cacheFolder);
  });
});

describe('a disk that is too small', () => {
  it('is told before anything is downloaded', async () => {
    const store = memoryStore({ files: { 'weights.bin': Buffer.from('x') }, facts: { size: 1e15 } });
    const error = await rejection(bring({ openDirect: () => Promise.resolve(store) }));
    expect(error).toMatchObject({ code: 'DOWNLOAD_FAILED', exitCode: 3 });
    expect(error.message).toMatch(
      /^the model has 1000000000000000 bytes, and the disk of '.*' has room for \d+$/,
    );
    expect(store.reads).toEqual([]);
  });
});
