import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { findLentPlace, openDatabricksPlace } from '../../../../src/sources/artifacts/dbfs.ts';
import type { ArtifactStore } from '../../../../src/sources/artifacts/port.ts';
import { parseArtifactLocation, type RemoteLocation } from '../../../../src/sources/artifact-location.ts';
import { locateModel, type StoredModelUri } from '../../../../src/sources/locate.ts';
import { openStore } from '../../../../src/sources/open-store.ts';
import { parseModelUri } from '../../../../src/model/model-uri.ts';
import type { DatabricksLogin, DatabricksSettings, SourcesConfig } from '../../../../src/sources/port.ts';
import { type Answer, sendJson, startFakeTrackingServer } from '../../../support/fake-tracking-server.ts';
import { type LocalServer, startLocalServer } from '../../../support/local-server.ts';

const never = new AbortController().signal;
const servers: LocalServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function workspace(answers: Readonly<Record<string, Answer>>): Promise<LocalServer> {
  const server = await startFakeTrackingServer(answers);
  servers.push(server);
  return server;
}

/** A cloud's storage: signed addresses, and no login. */
async function storage(): Promise<LocalServer> {
  const server = await startLocalServer((request, response) => {
    const [, start] = /bytes=(\d+)-/.exec(request.headers.range ?? '') ?? [];
    const bytes = Buffer.from(`content of ${request.url ?? ''}`);
    const part = `bytes ${start ?? 0}-${bytes.length - 1}/${bytes.length}`;
    response.writeHead(start === undefined ? 200 : 206, start === undefined ? {} : { 'content-range': part });
    response.end(bytes.subarray(Number(start ?? 0)));
  });
  servers.push(server);
  return server;
}

const settings = (server: LocalServer, more: Partial<DatabricksSettings> = {}): DatabricksSettings => ({
  environment: { host: server.url, token: 'dapi-secret' },
  profiles: new Map(),
  configFile: '/home/me/.databrickscfg',
  ...more,
});

const config = (databricks: DatabricksSettings, more: Partial<SourcesConfig> = {}): SourcesConfig => ({
  ...{ credentials: { kind: 'none' }, workingFolder: '/nowhere', cacheFolder: '/nowhere' },
  trackingUri: 'databricks',
  databricks,
  ...more,
});

async function locate(uri: string, given: SourcesConfig): ReturnType<typeof locateModel> {
  const parsed = parseModelUri(uri) as StoredModelUri;
  const opened = await openStore(parsed, given, never);
  return locateModel(opened, parsed);
}

async function textOf(store: ArtifactStore, path: string, start = 0): Promise<string> {
  const file = (await store.list(never)).find((each) => each.path === path);
  if (file === undefined) throw new Error(`'${path}' is not listed`);
  const outcome = await store.read(file, { start }, never);
  if (outcome.kind !== 'body') throw new Error(outcome.reason);
  const parts: Uint8Array[] = [];
  for await (const piece of outcome.body.pieces()) if (piece.kind === 'bytes') parts.push(piece.bytes);
  return Buffer.concat(parts).toString();
}

const authorizations = (server: LocalServer): readonly (string | undefined)[] => [
  ...new Set(server.requests.map(({ headers }) => headers.authorization)),
];

/** Answers a POST by its body, in JSON. */
function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      resolve(JSON.parse(text) as Readonly<Record<string, unknown>>);
    });
  });
}

const VERSION = { name: 'main.ml.iris', version: '3', run_id: 'run1', model_id: 'm-1', source: 'dbfs:/x' };
const UC: Readonly<Record<string, Answer>> = {
  'mlflow/unity-catalog/registered-models/get?name=main.ml.iris': {
    registered_model: { name: 'main.ml.iris', aliases: [{ alias: 'champion', version: '3' }] },
  },
  "mlflow/unity-catalog/model-versions/search?filter=name='main.ml.iris'": {
    model_versions: [{ version: '3' }],
    next_page_token: 'p2',
  },
  "mlflow/unity-catalog/model-versions/search?filter=name='main.ml.iris'&page_token=p2": {
    model_versions: [{ version: '10' }],
  },
  'mlflow/unity-catalog/model-versions/get?name=main.ml.iris&version=3': { model_version: VERSION },
  'mlflow/unity-catalog/model-versions/get?name=main.ml.iris&version=10': {
    model_version: { ...VERSION, version: '10' },
  },
};

describe('Unity Catalog, by an exchange written by hand in the words of the documentation of its API', () => {
  it.each([
    ['models:/main.ml.iris/3', 3],
    ['models:/main.ml.iris@champion', 3],
    ['models:/main.ml.iris/latest', 10],
    ['models://databricks-uc/main.ml.iris/3', 3],
  ])('finds %s', async (uri, version) => {
    const server = await workspace(UC);
    const { layers, origin } = await locate(uri, config(settings(server)));
    expect(origin).toMatchObject({ uri, registeredVersion: version, runId: 'run1', modelId: 'm-1' });
    expect(layers).toEqual([
      { kind: 'remote', scheme: 'models', uri: `models://databricks-uc/main.ml.iris/${version}` },
    ]);
    expect(authorizations(server)).toEqual(['Bearer dapi-secret']);
  });

  it('says what its names look like, and which versions there are', async () => {
    const server = await workspace(UC);
    await expect(locate('models:/iris/1', config(settings(server)))).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      hint: expect.stringContaining('--registry-uri databricks') as string,
    });
    await expect(locate('models:/main.ml.iris/4', config(settings(server)))).rejects.toMatchObject({
      hint: "versions of 'main.ml.iris' are 3, 10",
    });
  });

  it('gives out files by signed addresses, which get no login', async () => {
    const cloud = await storage();
    const server = await workspace({
      'fs/directories/Models/main/ml/iris/3': {
        contents: [{ path: '/Models/main/ml/iris/3/MLmodel', is_directory: false, file_size: 7 }],
        next_page_token: 'p2',
      },
      'fs/directories/Models/main/ml/iris/3?page_token=p2': {
        contents: [{ path: '/Models/main/ml/iris/3/data/', is_directory: true }],
      },
      'fs/directories/Models/main/ml/iris/3/data': {
        contents: [{ path: '/Models/main/ml/iris/3/data/model.pkl', is_directory: false, file_size: 54 }],
      },
      'fs/create-download-url': (request, response) =>
        void bodyOf(request).then(({ path }) => {
          const headers = [{ name: 'x-signed', value: 'yes' }];
          sendJson(response, 200, { url: `${cloud.url}${String(path)}?sig=s`, headers });
        }),
    });
    const location = {
      kind: 'remote',
      scheme: 'models',
      uri: 'models://databricks-uc/main.ml.iris/3',
    } as const;
    const store = await openDatabricksPlace(location, config(settings(server)), never);
    expect((await store.list(never)).map(({ path, size }) => [path, size])).toEqual([
      ['MLmodel', 7],
      ['data/model.pkl', 54],
    ]);
    expect(await textOf(store, 'data/model.pkl', 11)).toBe('/Models/main/ml/iris/3/data/model.pkl?sig=s');
    expect(authorizations(cloud)).toEqual([undefined]);
    expect(cloud.requests[0]?.headers['x-signed']).toBe('yes');
  });
});

describe('storage that Unity Catalog lends, by an exchange written by hand in the words of the documentation of its API', () => {
  const location = {
    kind: 'remote',
    scheme: 'models',
    uri: 'models://databricks-uc/main.ml.iris/3/sub',
  } as const;
  const lent = async (credentials: object): Promise<unknown> => {
    const server = await workspace({
      'mlflow/unity-catalog/model-versions/generate-temporary-credentials': { credentials },
      'mlflow/unity-catalog/model-versions/get-download-uri?name=main.ml.iris&version=3': {
        artifact_uri: 's3://bucket/models/3/',
      },
    });
    return findLentPlace(location, config(settings(server)), never);
  };

  it.each([
    [
      'aws_temp_credentials',
      { access_key_id: 'a', secret_access_key: 's', session_token: 't' },
      { kind: 'aws', identity: { accessKeyId: 'a', secretAccessKey: 's', sessionToken: 't' } },
    ],
    ['azure_user_delegation_sas', { sas_token: 'sig=1' }, { kind: 'azure', sasToken: 'sig=1' }],
    ['gcp_oauth_token', { oauth_token: 'ya29' }, { kind: 'gcp', token: 'ya29' }],
  ])('comes with %s', async (key, value, credentials) => {
    expect(await lent({ [key]: value })).toEqual({ uri: 's3://bucket/models/3/sub', credentials });
  });

  it('is none of its own, or none at all', async () => {
    const aws_temp_credentials = { access_key_id: 'a', secret_access_key: 's', session_token: 't' };
    expect(await lent({ aws_temp_credentials, storage_mode: 'DEFAULT_STORAGE' })).toBeUndefined();
    expect(await lent({})).toBeUndefined();
    const elsewhere = { ...location, uri: 'models://databricks/iris/3' };
    expect(await findLentPlace(elsewhere, config(settings(await workspace({}))), never)).toBeUndefined();
  });
});

describe('a version of a workspace', () => {
  it('needs no tracking store beside it', async () => {
    const server = await workspace({
      'mlflow/model-versions/get?name=iris&version=1': { model_version: { source: 'dbfs:/x', run_id: 'r' } },
      'mlflow/model-versions/get-download-uri?name=iris&version=1': { artifact_uri: 'dbfs:/x' },
    });
    const profiles = new Map([['prod', { host: server.url, token: 'of-prod' }]]);
    const given = config({ profiles, configFile: '/home/me/.databrickscfg' }, { trackingUri: '' });
    const { layers } = await locate('models://prod@databricks/iris/1', given);
    expect(layers).toMatchObject([{ uri: 'models://prod@databricks/iris/1' }]);
  });
});

describe('the registry of a workspace, by an exchange written by hand in the words of the documentation of its API', () => {
  it('gives out the files of a version itself', async () => {
    const cloud = await storage();
    const server = await workspace({
      'mlflow/model-versions/get?name=iris&version=1': { model_version: { source: 'dbfs:/x', run_id: 'r' } },
      'mlflow/model-versions/get-download-uri?name=iris&version=1': { artifact_uri: 'dbfs:/x' },
      'mlflow/model-versions/list-artifacts?name=iris&version=1&path=': {
        files: [{ path: 'MLmodel', is_dir: false, file_size: '3' }],
      },
      'mlflow/model-versions/get-signed-download-uri?name=iris&version=1&path=MLmodel': {
        signed_uri: `${cloud.url}/signed`,
      },
    });
    const profiles = new Map([['prod', { host: server.url, token: 'of-prod' }]]);
    const given = config(settings(server, { profiles }), { trackingUri: 'databricks://prod' });
    const { layers } = await locate('models://prod@databricks/iris/1', given);
    expect(layers).toMatchObject([{ uri: 'models://prod@databricks/iris/1' }]);
    const store = await openDatabricksPlace(layers[0] as RemoteLocation, given, never);
    expect(await textOf(store, 'MLmodel')).toBe('content of /signed');
    expect(authorizations(server)).toEqual(['Bearer of-prod']);
  });
});

describe('dbfs:, by an exchange written by hand in the words of the documentation of its API', () => {
  const open = (uri: string, server: LocalServer): Promise<ArtifactStore> =>
    openDatabricksPlace(parseArtifactLocation(uri) as RemoteLocation, config(settings(server)), never);

  it('gives artifacts of a run by temporary addresses', async () => {
    const cloud = await storage();
    const server = await workspace({
      'mlflow/artifacts/list?run_id=run1&path=model': {
        files: [{ path: 'model/MLmodel', is_dir: false, file_size: '3' }],
      },
      'mlflow/artifacts/credentials-for-read': (request, response) =>
        void bodyOf(request).then((body) => {
          expect(body).toEqual({ run_id: 'run1', path: ['model/MLmodel'] });
          sendJson(response, 200, { credential_infos: [{ signed_uri: `${cloud.url}/r`, headers: [] }] });
        }),
    });
    const store = await open('dbfs:/databricks/mlflow-tracking/7/run1/artifacts/model', server);
    expect(await textOf(store, 'MLmodel')).toBe('content of /r');
  });

  it.each([
    ['runs://prod@databricks/run1/model', 'dbfs://prod@databricks/databricks/mlflow-tracking/7'],
    ['runs://databricks/run1/model', 'dbfs://databricks/databricks/mlflow-tracking/7'],
    ['runs:/run1/model', 'dbfs:/databricks/mlflow-tracking/7'],
  ])('is opened in the workspace of %s, which recorded it', async (uri, root) => {
    const recorded = 'dbfs:/databricks/mlflow-tracking/7';
    const server = await workspace({
      'mlflow/runs/get?run_id=run1': {
        run: { info: { artifact_uri: `${recorded}/run1/artifacts`, experiment_id: '7' } },
      },
      'mlflow/logged-models/search': {
        models: [
          {
            info: {
              ...{ model_id: 'm-1', name: 'model', source_run_id: 'run1' },
              artifact_uri: `${recorded}/logged_models/m-1/artifacts`,
            },
          },
        ],
      },
      'mlflow/artifacts/list?run_id=run1&path=model': { files: [] },
    });
    const profiles = new Map([['prod', { host: server.url, token: 'of-prod' }]]);
    const given = config(settings(server, { profiles }));
    const { layers } = await locate(uri, given);
    expect(layers).toMatchObject([
      { uri: `${root}/run1/artifacts/model` },
      { uri: `${root}/logged_models/m-1/artifacts` },
    ]);
    const store = await openDatabricksPlace(layers[0] as RemoteLocation, given, never);
    await store.list(never);
    const token = uri.includes('prod@') ? 'of-prod' : 'dapi-secret';
    expect(authorizations(server)).toEqual([`Bearer ${token}`]);
  });

  it('gives artifacts of a logged model by temporary addresses', async () => {
    const cloud = await storage();
    const root = 'mlflow/logged-models/m-1/artifacts';
    const server = await workspace({
      [`${root}/directories?artifact_directory_path=`]: { files: [{ path: 'MLmodel', is_dir: false }] },
      [`${root}/credentials-for-download`]: {
        credentials: [{ credential_info: { signed_uri: `${cloud.url}/m` } }],
      },
    });
    const store = await open('dbfs:/databricks/mlflow-tracking/7/logged_models/m-1/artifacts', server);
    expect(await textOf(store, 'MLmodel')).toBe('content of /m');
  });

  it('gives plain files', async () => {
    const server = await workspace({
      'dbfs/list?path=/models/iris': {
        files: [
          { path: '/models/iris/MLmodel', is_dir: false, file_size: 3 },
          { path: '/models/iris/data', is_dir: true },
        ],
      },
      'dbfs/list?path=/models/iris/data': { files: [{ path: '/models/iris/data/a b', is_dir: false }] },
      '/dbfs/models/iris/data/a b': (_, response) => response.end('plain'),
    });
    const store = await open('dbfs:/models/iris', server);
    expect((await store.list(never)).map(({ path }) => path)).toEqual(['MLmodel', 'data/a b']);
    expect(await textOf(store, 'data/a b')).toBe('plain');
  });

  it.each([
    ...['/models/iris/../x', '/models/iris/a/b', '/etc/passwd', '/models/iris/..', '', '/models/iris/a\\b'],
    ...['/models/iris/a\0b', '/models/iris//x', '/models/iris/\ud800', '/models/irisx/a'],
  ])('is refused when it lists %j', async (path) => {
    const server = await workspace({ 'dbfs/list?path=/models/iris': { files: [{ path, is_dir: false }] } });
    const store = await open('dbfs:/models/iris', server);
    await expect(store.list(never)).rejects.toMatchObject({ code: 'STORE_FAILED' });
  });

  it('is refused when it lists a file twice, or as a file and as a folder', async () => {
    const twice = { path: '/models/iris/a', is_dir: false };
    const server = await workspace({
      'dbfs/list?path=/models/iris': { files: [twice, twice] },
      'dbfs/list?path=/models/clash': {
        files: [
          { path: '/models/clash/a', is_dir: false },
          { path: '/models/clash/a', is_dir: true },
        ],
      },
      'dbfs/list?path=/models/clash/a': { files: [{ path: '/models/clash/a/b', is_dir: false }] },
    });
    for (const [name, message] of [
      ['iris', "lists 'a' twice"],
      ['clash', 'as a file and as a folder'],
    ]) {
      const store = await open(`dbfs:/models/${name!}`, server);
      await expect(store.list(never)).rejects.toMatchObject({
        code: 'STORE_FAILED',
        message: expect.stringContaining(message!) as string,
      });
    }
  });

  it('is refused when its folders have no end', async () => {
    const answer: Answer = (request, response) => {
      const path = new URL(request.url ?? '', 'http://x').searchParams.get('path') ?? '';
      sendJson(response, 200, { files: [{ path: `${path}/a`, is_dir: true }] });
    };
    const deep = Array.from({ length: 66 }, (_, depth) => `dbfs/list?path=/models/iris${'/a'.repeat(depth)}`);
    const server = await workspace(Object.fromEntries(deep.map((question) => [question, answer])));
    const store = await open('dbfs:/models/iris', server);
    await expect(store.list(never)).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining('more than 64 deep') as string,
    });
  });

  it.each(['/etc/passwd', '/Volumes/c/s/v/m/../x', '/Volumes/c/s/v/m/a\0b', '/Volumes/c/s/v/other/x'])(
    'is refused when a volume lists %j',
    async (path) => {
      const server = await workspace({
        'fs/directories/Volumes/c/s/v/m': { contents: [{ path, is_directory: false }] },
      });
      const store = await open('dbfs:/Volumes/c/s/v/m', server);
      await expect(store.list(never)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    },
  );

  it.each(['../x', '/etc/passwd', 'model/../../x', 'other/x', 'model/a\0b', 'model//x', 'model/a\\b'])(
    'is refused when a run lists %j',
    async (path) => {
      const server = await workspace({
        'mlflow/artifacts/list?run_id=run1&path=model': { files: [{ path, is_dir: false }] },
      });
      const store = await open('dbfs:/databricks/mlflow-tracking/7/run1/artifacts/model', server);
      await expect(store.list(never)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    },
  );
});

describe('the login of Databricks', () => {
  const ask = async (databricks: DatabricksSettings, trackingUri = 'databricks'): Promise<unknown> =>
    locate('runs:/run1/m', config(databricks, { trackingUri })).catch((error: unknown) => error);
  const run: Answer = { run: { info: { artifact_uri: 'dbfs:/x', experiment_id: '1' } } };

  it('is a service principal, who gets a token for his secret', async () => {
    const server = await workspace({
      'mlflow/runs/get?run_id=run1': run,
      '/oidc/v1/token': (request, response) => {
        const basic = `Basic ${Buffer.from('id:hushhush').toString('base64')}`;
        const isRight = request.headers.authorization === basic;
        sendJson(response, isRight ? 200 : 401, { access_token: 'short-lived', expires_in: 3600 });
      },
    });
    const environment = { host: server.url, clientId: 'id', clientSecret: 'hushhush' };
    expect(await ask(settings(server, { environment }))).toMatchObject({ origin: { runId: 'run1' } });
    expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer short-lived');
    const wrong = await ask(settings(server, { environment: { ...environment, clientSecret: 'wrong' } }));
    expect(wrong).toMatchObject({ code: 'STORE_DENIED' });
  });

  it('is that of one profile, and never mixed with another', async () => {
    const server = await workspace({ 'mlflow/runs/get?run_id=run1': run });
    const other = await workspace({ 'mlflow/runs/get?run_id=run1': run });
    const profiles = new Map<string, DatabricksLogin>([
      ['DEFAULT', { host: server.url, token: 'of-default' }],
      ['other', { host: other.url, token: 'of-other' }],
      ['half', { host: other.url }],
    ]);
    const withoutEnvironment = { profiles, configFile: '/home/me/.databrickscfg' };
    await ask(withoutEnvironment);
    expect(authorizations(server)).toEqual(['Bearer of-default']);
    await ask(settings(server, { profiles }), 'databricks://other');
    expect(authorizations(other)).toEqual(['Bearer of-other']);
    expect(await ask(settings(server, { profiles }), 'databricks://half')).toMatchObject({
      code: 'STORE_DENIED',
    });
    expect(await ask(withoutEnvironment, 'databricks://nope')).toMatchObject({
      code: 'STORE_DENIED',
      hint: "its profiles are 'DEFAULT', 'other', 'half'",
    });
  });
});
