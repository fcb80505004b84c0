import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createModelSources } from '../../../src/sources/index.ts';
import type { ResolvedModelHandle, SourcesConfig } from '../../../src/sources/port.ts';
import { type Answer, runWithFiles, startFakeTrackingServer } from '../../support/fake-tracking-server.ts';
import { FILE_STORE_MODEL, FILE_STORE_RUN, fileStore } from '../../support/file-store.ts';
import type { LocalServer } from '../../support/local-server.ts';
import { modelFiles } from '../../support/model-files.ts';
import { writeMlflowDatabase } from '../../support/mlflow-database.ts';
import { recordEvents } from '../../support/recorded-events.ts';
import { temporaryFolders, writeTree } from '../../support/test-folders.ts';

const makeFolder = temporaryFolders();
const servers: LocalServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(answers: Readonly<Record<string, Answer>>): Promise<LocalServer> {
  const server = await startFakeTrackingServer(answers);
  servers.push(server);
  return server;
}

async function resolve(
  uri: string,
  config: Pick<SourcesConfig, 'trackingUri' | 'registryUri'> & Partial<SourcesConfig>,
): Promise<ResolvedModelHandle> {
  const sources = createModelSources({
    credentials: { kind: 'none' },
    workingFolder: makeFolder(),
    cacheFolder: makeFolder(),
    ...config,
  });
  return sources.resolve(await sources.parse(uri), {
    ...recordEvents(),
    signal: new AbortController().signal,
  });
}

/** A registry that knows one version, whose files are at this location. */
const versionAt = (location: string): Readonly<Record<string, Answer>> => ({
  'mlflow/model-versions/get?name=iris&version=1': { model_version: { source: location } },
  'mlflow/model-versions/get-download-uri?name=iris&version=1': { artifact_uri: location },
});

/** The files of a folder of run1, by the routes that the server's own pages use. */
const pagesOf = (
  folder: string,
  files: Readonly<Record<string, string>>,
): Readonly<Record<string, Answer>> => ({
  [`mlflow/artifacts/list?run_id=run1&path=${folder}`]: {
    files: Object.entries(files).map(([path, { length }]) => ({
      ...{ path: `${folder}/${path}`, is_dir: false, file_size: length },
    })),
  },
  ...Object.fromEntries(
    Object.entries(files).map(([path, content]): [string, Answer] => [
      `/get-artifact?run_id=run1&path=${folder}/${path}`,
      (_, response) => response.end(content),
    ]),
  ),
});

function registryDatabase(source: string): string {
  const folder = makeFolder();
  const content = { versions: [{ name: 'iris', version: 1, source }] };
  writeMlflowDatabase(join(folder, 'registry.db'), 3, content);
  return `sqlite:///${join(folder, 'registry.db')}`;
}

function fileStoreUri(): string {
  const root = join(makeFolder(), 'mlruns');
  writeTree(root, fileStore('/home/ada/mlruns'));
  return root;
}

describe('a registry that is another store', () => {
  it('is a server, and runs are in a file store', async () => {
    const registry = await serve(versionAt(`runs:/${FILE_STORE_RUN}/classic`));
    const uris = { trackingUri: fileStoreUri(), registryUri: registry.url };
    const { model } = await resolve('models:/iris/1', uris);
    expect(readFileSync(join(model.folder, 'extra'), 'utf8')).toBe('classic');
    expect(model.origin).toMatchObject({ registeredVersion: 1, runId: FILE_STORE_RUN });
    await resolve(`runs:/${FILE_STORE_RUN}/classic`, { ...uris, registryUri: 'http://127.0.0.1:1' });
  });

  it('is a database, and runs are at a server', async () => {
    const tracking = await serve(runWithFiles(modelFiles()));
    const registryUri = registryDatabase('runs:/run1/model');
    const { model } = await resolve('models:/iris/1', { trackingUri: tracking.url, registryUri });
    expect(model.origin).toMatchObject({ uri: 'models:/iris/1', runId: 'run1' });
  });

  it('is a file store, and runs are in a database', async () => {
    const folder = makeFolder();
    writeMlflowDatabase(join(folder, 'mlflow.db'), 3, {});
    const uris = { trackingUri: `sqlite:///${join(folder, 'mlflow.db')}`, registryUri: fileStoreUri() };
    const { model } = await resolve('models:/iris@champion', uris);
    expect(model.origin.pinnedUri).toBe('models:/iris/2');
    await expect(resolve('models:/iris/1', uris)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining('mlflow.db') as string,
    });
  });

  it('names places behind the proxy of the tracking server, or its own when there is no other', async () => {
    const files = await serve(runWithFiles(modelFiles()));
    const registry = await serve(versionAt('mlflow-artifacts:/1/run1/artifacts/model'));
    await resolve('models:/iris/1', { trackingUri: files.url, registryUri: registry.url });
    expect(registry.requests.some(({ url }) => url?.includes('mlflow-artifacts'))).toBe(false);
    const both = await serve({
      ...runWithFiles(modelFiles()),
      ...versionAt('mlflow-artifacts:/1/run1/artifacts/model'),
    });
    await resolve('models:/iris/1', { trackingUri: fileStoreUri(), registryUri: both.url });
  });

  it('is the one that an error names', async () => {
    const uris = { trackingUri: fileStoreUri(), registryUri: registryDatabase('/x') };
    await expect(resolve('models:/nope/1', uris)).rejects.toMatchObject({
      message: expect.stringContaining('registry.db') as string,
    });
  });
});

describe('a registry without a tracking store', () => {
  it('is enough for a version that names its place', async () => {
    const folder = makeFolder();
    writeTree(folder, modelFiles());
    const { model } = await resolve('models:/iris/1', { registryUri: registryDatabase(folder) });
    expect(model.origin.registeredVersion).toBe(1);
    const both = await serve({
      ...runWithFiles(modelFiles()),
      ...versionAt('mlflow-artifacts:/1/run1/artifacts/model'),
    });
    await resolve('models:/iris/1', { registryUri: both.url });
  });

  it('is not for one that names a run, or for a tracking store that is named and not there', async () => {
    const registryUri = registryDatabase('runs:/run1/model');
    await expect(resolve('models:/iris/1', { registryUri })).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
      message: expect.stringContaining('no tracking store is named') as string,
    });
    const trackingUri = `sqlite:///${join(makeFolder(), 'gone.db')}`;
    await expect(resolve('models:/iris/1', { registryUri, trackingUri })).rejects.toMatchObject({
      message: expect.stringContaining('gone.db') as string,
    });
  });
});

describe('a logged model', () => {
  it.each(['sqlite:////gone/registry.db', 'http://127.0.0.1:1', 'postgresql://host/db'])(
    'does not need the registry %s',
    async (registryUri) => {
      const trackingUri = fileStoreUri();
      await resolve(`models:/${FILE_STORE_MODEL}`, { trackingUri, registryUri });
      await expect(
        resolve(`models:/m-${'0'.repeat(32)}`, { trackingUri, registryUri }),
      ).rejects.toMatchObject({
        code: 'MODEL_NOT_FOUND',
        hint: expect.stringContaining('a registered model is written') as string,
      });
    },
  );

  it('that is none is looked for in the registry, for the hint', async () => {
    const name = `m-${'0'.repeat(32)}`;
    const registry = await serve({
      [`mlflow/registered-models/get?name=${name}`]: {
        registered_model: { latest_versions: [{ version: '4' }] },
      },
    });
    await expect(
      resolve(`models:/${name}`, { trackingUri: fileStoreUri(), registryUri: registry.url }),
    ).rejects.toMatchObject({ hint: expect.stringContaining(`models:/${name}/4`) as string });
  });
});

describe('two servers', () => {
  it('may know different models by one name: that of the registry is meant', async () => {
    const place = 'hdfs://cluster/1/run1/artifacts';
    const run = {
      'mlflow/runs/get?run_id=run1': { run: { info: { experiment_id: '1', artifact_uri: place } } },
      'mlflow/logged-models/search': {},
    };
    const right = modelFiles({ 'which.txt': 'right' });
    const wrong = modelFiles({ 'which.txt': 'wrong' });
    const tracking = await serve({
      ...run,
      ...versionAt(`${place}/wrong`),
      ...pagesOf('right', right),
      ...pagesOf('wrong', wrong),
    });
    const registry = await serve({
      ...versionAt(`${place}/right`),
      'mlflow/model-versions/get?name=iris&version=1': {
        model_version: { source: `${place}/right`, run_id: 'run1' },
      },
    });
    const { model } = await resolve('models:/iris/1', {
      trackingUri: tracking.url,
      registryUri: registry.url,
    });
    expect(readFileSync(join(model.folder, 'which.txt'), 'utf8')).toBe('right');
    expect(tracking.requests.filter(({ url }) => url?.includes('model-versions'))).toEqual([]);
  });
});

describe('files that are not there', () => {
  it('are missed in the words of the store that was asked for them', async () => {
    const uris = { trackingUri: fileStoreUri(), registryUri: registryDatabase('/no/such/folder') };
    await expect(resolve('models:/iris/1', uris)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining('registry.db') as string,
    });
    const empty = { 'mlflow-artifacts/artifacts?path=1/gone': { files: [] } };
    const registry = await serve({ ...empty, ...versionAt('mlflow-artifacts:/1/gone') });
    await expect(
      resolve('models:/iris/1', { trackingUri: fileStoreUri(), registryUri: registry.url }),
    ).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining(registry.url) as string,
    });
  });
});

const WORKSPACES: Readonly<Record<string, Answer>> = {
  '/api/3.0/mlflow/server-info': { store_type: 'SqlStore', workspaces_enabled: true },
};

describe('what a tracking server is told', () => {
  const headersOf = (server: LocalServer, name: string): readonly unknown[] => [
    ...new Set(server.requests.map(({ headers }) => headers[name])),
  ];

  it('is the workspace, with every request', async () => {
    const server = await serve({ ...runWithFiles(modelFiles()), ...WORKSPACES });
    await resolve('runs:/run1/model', { trackingUri: server.url, workspace: 'team-a' });
    expect(headersOf(server, 'x-mlflow-workspace')).toEqual(['team-a']);
    expect(server.requests.filter(({ url }) => url?.endsWith('/server-info'))).toHaveLength(1);
  });

  it.each([
    ['is too old to know workspaces', {}],
    ['has them switched off', { '/api/3.0/mlflow/server-info': { workspaces_enabled: false } }],
  ])('is no workspace when it %s', async (_, answers: Readonly<Record<string, Answer>>) => {
    const server = await serve({ ...runWithFiles(modelFiles()), ...answers });
    await expect(
      resolve('runs:/run1/model', { trackingUri: server.url, workspace: 'team-a' }),
    ).rejects.toMatchObject({
      message: expect.stringContaining("has no workspaces, and 'team-a'") as string,
    });
  });

  it('is signed with AWS keys, request by request', async () => {
    const server = await serve(runWithFiles(modelFiles()));
    const identity = { accessKeyId: 'AKID', secretAccessKey: 'sk', sessionToken: 'st' };
    const credentials = { kind: 'aws-sigv4', identity, region: 'eu-central-1' } as const;
    await resolve('runs:/run1/model', { trackingUri: server.url, credentials });
    const signatures = headersOf(server, 'authorization') as readonly string[];
    expect(signatures.length).toBeGreaterThan(3);
    for (const signature of signatures)
      expect(signature).toMatch(
        /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-central-1\/execute-api\/aws4_request, /,
      );
    expect(headersOf(server, 'x-amz-security-token')).toEqual(['st']);
  });

  it('is nothing when the keys or the region are not there', async () => {
    const server = await serve({});
    const credentials = { kind: 'aws-sigv4' } as const;
    await expect(resolve('runs:/run1/model', { trackingUri: server.url, credentials })).rejects.toMatchObject(
      {
        code: 'STORE_DENIED',
        message: expect.stringContaining('there are no AWS keys') as string,
      },
    );
    expect(server.requests).toEqual([]);
  });

  it('does not go where the server redirects to, but for the question itself', async () => {
    const other = await serve({});
    const server = await serve({
      ...WORKSPACES,
      'mlflow/runs/get?run_id=run1': (_, response) =>
        response.writeHead(302, { location: `${other.url.replace('127.0.0.1', 'localhost')}/login` }).end(),
    });
    const credentials = { kind: 'token', token: 'tok' } as const;
    await expect(
      resolve('runs:/run1/model', { trackingUri: server.url, credentials, workspace: 'w' }),
    ).rejects.toMatchObject({ exitCode: 3 });
    expect(other.requests).toHaveLength(1);
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
    expect(other.requests[0]?.headers['x-mlflow-workspace']).toBeUndefined();
  });

  it('goes in circles for a while, when the server does', async () => {
    const server = await serve({
      'mlflow/runs/get?run_id=run1': (request, response) =>
        response.writeHead(302, { location: request.url }).end(),
    });
    await expect(resolve('runs:/run1/model', { trackingUri: server.url })).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
      message: expect.stringContaining('it redirects more than 20 times') as string,
    });
    expect(server.requests).toHaveLength(21);
  });
});
