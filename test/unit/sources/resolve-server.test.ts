import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import type { CaissonEvent } from '../../../src/core/events.ts';
import { createModelSources } from '../../../src/sources/index.ts';
import type { ResolvedModelHandle, TrackingCredentials } from '../../../src/sources/port.ts';
import {
  type Answer,
  runWithFiles,
  sendJson,
  startFakeTrackingServer,
} from '../../support/fake-tracking-server.ts';
import { type LocalServer, startLocalServer } from '../../support/local-server.ts';
import { modelFiles } from '../../support/model-files.ts';
import { temporaryFolders, writeTree } from '../../support/test-folders.ts';

const makeFolder = temporaryFolders();

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse(await text(request)) as Readonly<Record<string, unknown>>;
}

let server: LocalServer;

afterEach(() => server.close());

interface Resolved {
  readonly cache: string;
  readonly work: Promise<ResolvedModelHandle>;
}

interface Options {
  readonly uri?: string;
  readonly credentials?: TrackingCredentials;
  readonly trackingUri?: (url: string) => string;
  readonly signal?: AbortSignal;
  readonly emit?: (event: CaissonEvent) => void;
}

async function resolveFrom(
  answers: Readonly<Record<string, Answer>>,
  options: Options = {},
): Promise<Resolved> {
  server = await startFakeTrackingServer(answers);
  const cache = makeFolder();
  const sources = createModelSources({
    trackingUri: (options.trackingUri ?? ((url: string) => url))(server.url),
    credentials: options.credentials ?? { kind: 'none' },
    workingFolder: makeFolder(),
    cacheFolder: cache,
  });
  const context = {
    emit: options.emit ?? (() => undefined),
    signal: options.signal ?? new AbortController().signal,
  };
  return { cache, work: sources.resolve(await sources.parse(options.uri ?? 'runs:/run1/model'), context) };
}

function leftIn(cache: string): readonly string[] {
  return existsSync(join(cache, 'tmp')) ? readdirSync(join(cache, 'tmp')) : [];
}

const runAt = (artifactUri: string): Answer => ({
  run: { info: { run_id: 'run1', experiment_id: '1', artifact_uri: artifactUri } },
});

const listing = (files: readonly object[]): Readonly<Record<string, Answer>> => ({
  ...runWithFiles({}),
  'mlflow-artifacts/artifacts?path=1/run1/artifacts/model': { files },
});

describe('a model behind the artifact proxy', () => {
  it('is downloaded into a private folder, with progress, and removed in the end', async () => {
    const files = modelFiles({ 'data/deep/a b#1%.bin': 'x'.repeat(5000), empty: '' });
    const events: CaissonEvent[] = [];
    const { cache, work } = await resolveFrom(runWithFiles(files), { emit: (event) => events.push(event) });
    const { model, dispose } = await work;
    expect(model.files.map(({ path }) => path)).toEqual(Object.keys(files).sort());
    for (const [path, content] of Object.entries(files))
      expect(readFileSync(join(model.folder, path), 'utf8')).toBe(content);
    expect(statSync(model.folder).mode & 0o777).toBe(0o700);
    expect(model.origin).toEqual({ uri: 'runs:/run1/model', runId: 'run1' });
    const total = Object.values(files).reduce((sum, content) => sum + content.length, 0);
    expect(events).toContainEqual({
      type: 'step.progress',
      step: 'download',
      done: total,
      total,
      unit: 'bytes',
    });
    await dispose();
    await dispose();
    expect(leftIn(cache)).toEqual([]);
  });

  it('has the digest of the same files in a folder', async () => {
    const files = modelFiles({ 'sub/x': '1' });
    const { work } = await resolveFrom(runWithFiles(files));
    const remote = await work;
    const folder = makeFolder();
    writeTree(folder, files);
    const local = await createModelSources({
      credentials: { kind: 'none' },
      workingFolder: folder,
      cacheFolder: folder,
    }).resolve(
      { kind: 'folder', path: '.' },
      { emit: () => undefined, signal: new AbortController().signal },
    );
    expect(remote.model.digest).toBe(local.model.digest);
  });

  it.each(['../evil', '/etc/passwd', 'a/../../evil', '..', '.', '', 'a\\..\\b', 'a//b', 'a\nb'])(
    'is refused when the server lists %j',
    async (path) => {
      const { cache, work } = await resolveFrom(listing([{ path, is_dir: false, file_size: '1' }]));
      await expect(work).rejects.toMatchObject({ code: 'STORE_FAILED' });
      expect(leftIn(cache)).toEqual([]);
    },
  );

  it('is refused when folders go on without end', async () => {
    const { work } = await resolveFrom({
      ...runWithFiles({}),
      ...Object.fromEntries(
        Array.from({ length: 80 }, (_, depth) => [
          `mlflow-artifacts/artifacts?path=1/run1/artifacts/model${'/d'.repeat(depth)}`,
          { files: [{ path: 'd', is_dir: true }] },
        ]),
      ),
    });
    await expect(work).rejects.toThrow('folders more than 64 deep');
  });

  it('is fetched again when an answer breaks off, and the bytes are counted once', async () => {
    const files = modelFiles();
    const answers = { ...runWithFiles(files) };
    let tries = 0;
    answers['mlflow-artifacts/artifacts/1/run1/artifacts/model/model.pkl'] = (request, response) => {
      tries += 1;
      if (tries > 1) return response.end(files['model.pkl']);
      response.writeHead(200, { 'content-length': String(files['model.pkl']!.length) });
      return response.write('not', () => setTimeout(() => request.socket.destroy(), 20));
    };
    const events: CaissonEvent[] = [];
    const { work } = await resolveFrom(answers, { emit: (event) => events.push(event) });
    const { model } = await work;
    expect(tries).toBe(2);
    expect(readFileSync(join(model.folder, 'model.pkl'), 'utf8')).toBe(files['model.pkl']);
    const last = events.filter((event) => event.type === 'step.progress' && event.step === 'download').at(-1);
    expect(last).toMatchObject({ done: Object.values(files).join('').length });
  });

  it('leaves nothing when a file is gone, or is refused', async () => {
    for (const [status, code] of [
      [404, 'DOWNLOAD_FAILED'],
      [403, 'STORE_DENIED'],
    ] as const) {
      const answers = { ...runWithFiles(modelFiles()) };
      answers['mlflow-artifacts/artifacts/1/run1/artifacts/model/model.pkl'] = (_, response) => {
        sendJson(response, status, { error_code: 'X', message: 'no' });
      };
      const { cache, work } = await resolveFrom(answers);
      await expect(work).rejects.toMatchObject({ code });
      expect(leftIn(cache)).toEqual([]);
      await server.close();
    }
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])('leaves nothing when aborted at request %i', async (at) => {
    const controller = new AbortController();
    let seen = 0;
    const answers = Object.fromEntries(
      Object.entries(runWithFiles(modelFiles())).map(([path, answer]): [string, Answer] => [
        path,
        (request, response) => {
          seen += 1;
          if (seen > at) controller.abort();
          else if (typeof answer === 'function') answer(request, response);
          else sendJson(response, 200, answer);
        },
      ]),
    );
    const { cache, work } = await resolveFrom(answers, { signal: controller.signal });
    if (at < 8) await expect(work).rejects.toMatchObject({ code: 'INTERRUPTED' });
    else await (await work).dispose();
    expect(leftIn(cache)).toEqual([]);
  });

  it('leaves nothing when its files are no model', async () => {
    const { cache, work } = await resolveFrom(runWithFiles({ 'other.txt': 'x' }));
    await expect(work).rejects.toMatchObject({ code: 'MODEL_BROKEN' });
    expect(leftIn(cache)).toEqual([]);
  });
});

describe('the login', () => {
  const heard = (): readonly (string | undefined)[] => [
    ...new Set(server.requests.map(({ headers }) => headers.authorization)),
  ];

  it('is sent as a token with every request', async () => {
    const { work } = await resolveFrom(runWithFiles(modelFiles()), {
      credentials: { kind: 'token', token: 'tok' },
    });
    await work;
    expect(heard()).toEqual(['Bearer tok']);
  });

  it('is sent as user and password, from the configuration or the address', async () => {
    const basic = `Basic ${Buffer.from('mé:p:w').toString('base64')}`;
    const credentials = { kind: 'basic', username: 'mé', password: 'p:w' } as const;
    await (
      await resolveFrom(runWithFiles(modelFiles()), { credentials })
    ).work;
    expect(heard()).toEqual([basic]);
    await server.close();
    const trackingUri = (url: string): string => url.replace('//', '//m%C3%A9:p%3Aw@');
    await (
      await resolveFrom(runWithFiles(modelFiles()), { trackingUri })
    ).work;
    expect(heard()).toEqual([basic]);
  });

  it('does not go to another host that an artifact location names', async () => {
    const answers: Record<string, Answer> = { ...runWithFiles(modelFiles()) };
    answers['mlflow/runs/get?run_id=run1'] = (request, response) => {
      const artifactUri = `mlflow-artifacts://${request.headers.host!.replace('127.0.0.1', 'localhost')}/1/run1/artifacts`;
      sendJson(response, 200, {
        run: { info: { run_id: 'run1', experiment_id: '1', artifact_uri: artifactUri } },
      });
    };
    await (
      await resolveFrom(answers, { credentials: { kind: 'token', token: 'tok' } })
    ).work;
    const byHost = new Map(
      server.requests.map(({ headers }) => [headers.host!.split(':')[0], headers.authorization]),
    );
    expect(byHost.get('127.0.0.1')).toBe('Bearer tok');
    expect(byHost.has('localhost')).toBe(true);
    expect(byHost.get('localhost')).toBeUndefined();
  });

  it('does not go to another port of its host, which may be of somebody else', async () => {
    const other = await startFakeTrackingServer(runWithFiles(modelFiles()));
    try {
      const { work } = await resolveFrom(
        {
          'mlflow/runs/get?run_id=run1': runAt(
            `mlflow-artifacts://${new URL(other.url).host}/1/run1/artifacts`,
          ),
        },
        { credentials: { kind: 'token', token: 'tok' } },
      );
      await work;
      expect(other.requests.length).toBeGreaterThan(1);
      expect(other.requests.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('of another artifact server is the one in its address, and without one the hint says so', async () => {
    const basic = `Basic ${Buffer.from('me:pass/word').toString('base64')}`;
    const files = runWithFiles(modelFiles());
    const other = await startLocalServer((request, response) => {
      if (request.headers.authorization !== basic) response.writeHead(401).end();
      else {
        const path = decodeURIComponent((request.url ?? '').replace('/api/2.0/', ''));
        const answer = files[path];
        if (typeof answer === 'function') answer(request, response);
        else sendJson(response, answer === undefined ? 404 : 200, answer ?? {});
      }
    });
    const { host } = new URL(other.url);
    const credentials = { kind: 'token', token: 'tok' } as const;
    const at = (login: string): Readonly<Record<string, Answer>> => ({
      'mlflow/runs/get?run_id=run1': runAt(`mlflow-artifacts://${login}${host}/1/run1/artifacts`),
    });
    try {
      await (
        await resolveFrom(at('me:pass%2Fword@'), { credentials })
      ).work;
      await server.close();
      const { work } = await resolveFrom(at(''), { credentials });
      await expect(work).rejects.toMatchObject({
        code: 'STORE_DENIED',
        message: `the artifact server '${other.url}' refuses to answer, as no login was given (401)`,
        hint: `the login of the tracking server goes to no other one: write its own into the address, mlflow-artifacts://USER:PASSWORD@${host}/…`,
      });
      await server.close();
      const uri = `mlflow-artifacts://me:pass%2Fword@${host}/1/run1/artifacts/model`;
      const { work: direct } = await resolveFrom({}, { credentials, uri });
      expect((await direct).model.origin.uri).toBe(`mlflow-artifacts://${host}/1/run1/artifacts/model`);
    } finally {
      await other.close();
    }
  });

  it('in the address wins over that of the variables, but for a signature', async () => {
    const basic = `Basic ${Buffer.from('u:p').toString('base64')}`;
    const trackingUri = (url: string): string => url.replace('//', '//u:p@');
    const credentials = { kind: 'basic', username: 'other', password: 'secret' } as const;
    await (
      await resolveFrom(runWithFiles(modelFiles()), { trackingUri, credentials })
    ).work;
    expect(heard()).toEqual([basic]);
    await server.close();
    const identity = { accessKeyId: 'AKID', secretAccessKey: 'sk' };
    await (
      await resolveFrom(runWithFiles(modelFiles()), {
        trackingUri,
        credentials: { kind: 'aws-sigv4', identity, region: 'eu-central-1' },
      })
    ).work;
    expect(heard().every((each) => each?.startsWith('AWS4-HMAC-SHA256'))).toBe(true);
  });

  it('is none when the address has a user name alone', async () => {
    const trackingUri = (url: string): string => url.replace('//', '//me@');
    await (
      await resolveFrom(runWithFiles(modelFiles()), {
        trackingUri,
        credentials: { kind: 'token', token: 'tok' },
      })
    ).work;
    expect(heard()).toEqual(['Bearer tok']);
  });

  it.each([
    [401, { kind: 'none' }, 'no login was given'],
    [401, { kind: 'basic', username: 'me', password: 'secret' }, "the login of user 'me'"],
    [403, { kind: 'token', token: 'secret' }, 'refuses the token (403)'],
  ] as const)('that is refused with %i says whose it was', async (status, credentials, message) => {
    const { work } = await resolveFrom(
      {
        'mlflow/runs/get?run_id=run1': (_, response) =>
          response.writeHead(status).end('You are not authenticated.'),
      },
      { credentials },
    );
    const error = await work.catch((thrown: unknown) => thrown as Error & { detail?: string; hint?: string });
    expect(error).toMatchObject({ code: 'STORE_DENIED', detail: 'You are not authenticated.' });
    expect(JSON.stringify(error) + (error as Error).message).not.toContain('secret');
    expect((error as Error).message).toContain(message);
  });
});

describe('a server that is not as expected', () => {
  it('refuses the connection', async () => {
    const gone = await startFakeTrackingServer({});
    await gone.close();
    const { work } = await resolveFrom({}, { trackingUri: () => gone.url });
    await expect(work).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
      message: `the tracking server '${gone.url}' does not answer: the connection was refused`,
    });
  });

  it.each([
    ['HTML with 200', 200, '<html>login</html>', 'not with JSON'],
    ['HTML with 404', 404, '<html>nothing here</html>', 'not with JSON'],
    ['a list', 200, '[]', 'not with JSON'],
    ['half of an object', 200, '{"run": ', 'not with JSON'],
    ['a run without a place', 200, '{"run": {}}', 'without the artifact_uri'],
    ['a bad request', 400, '{"error_code": "BAD", "message": "what?"}', 'answered 400'],
  ])('answers %s', async (_, status, body, message) => {
    const { work } = await resolveFrom({
      'mlflow/runs/get?run_id=run1': (_request, response) =>
        response.writeHead(status, { 'content-type': 'text/html' }).end(body),
    });
    await expect(work).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining(message) as string,
    });
  });

  it('is asked for logged models by their name, as not every one can look for those of a run', async () => {
    const files = modelFiles();
    const model = (id: string, run: string): object => ({
      info: { model_id: id, name: 'model', artifact_uri: `mlflow-artifacts:/${id}`, source_run_id: run },
    });
    const { work } = await resolveFrom({
      ...runWithFiles({}),
      'mlflow/logged-models/search': (request, response) =>
        void bodyOf(request).then(({ filter, page_token: page }) => {
          if (filter !== "name = 'model'")
            sendJson(response, 400, { error_code: 'BAD', message: 'no such filter' });
          else if (page === undefined)
            sendJson(response, 200, { models: [model('m-other', 'run2')], next_page_token: '2' });
          else sendJson(response, 200, { models: [model('m-1', 'run1')] });
        }),
      'mlflow-artifacts/artifacts?path=m-1': {
        files: Object.entries(files).map(([path, { length }]) => ({
          path,
          is_dir: false,
          file_size: length,
        })),
      },
      ...Object.fromEntries(
        Object.entries(files).map(([path, content]): [string, Answer] => [
          `mlflow-artifacts/artifacts/m-1/${path}`,
          (_, response) => response.end(content),
        ]),
      ),
    });
    expect((await work).model.origin).toMatchObject({ runId: 'run1', modelId: 'm-1' });
  });

  it('is older than logged models', async () => {
    const { work } = await resolveFrom({
      ...runWithFiles(modelFiles()),
      'mlflow/logged-models/search': (_, response) => response.writeHead(405).end('<html>'),
    });
    expect((await work).model.origin.runId).toBe('run1');
  });

  it('stands behind a path', async () => {
    const answers = Object.fromEntries(
      Object.entries(runWithFiles(modelFiles())).map(([path, answer]) => [`/ml/flow${path}`, answer]),
    );
    const { work } = await resolveFrom(answers, { trackingUri: (url) => `${url}/ml/flow/` });
    expect((await work).model.mlmodel.mainFlavor).toBe('sklearn');
  });

  it('keeps its files where caisson cannot read, or on its own disk', async () => {
    const run = (artifactUri: string): Readonly<Record<string, Answer>> => ({
      'mlflow/runs/get?run_id=run1': { run: { info: { experiment_id: '1', artifact_uri: artifactUri } } },
      'mlflow/logged-models/search': {},
    });
    await expect((await resolveFrom(run('hdfs://bucket/1/run1'))).work).rejects.toMatchObject({
      code: 'MODEL_SCHEME_UNSUPPORTED',
      message: "the files of 'runs:/run1/model' lie at a 'hdfs:' location, which caisson does not read",
    });
    await server.close();
    await expect((await resolveFrom(run('/no/such/folder'))).work).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      hint: expect.stringContaining("a folder of the server's machine") as string,
    });
    await server.close();
    const folder = makeFolder();
    writeTree(join(folder, 'model'), modelFiles());
    expect((await (await resolveFrom(run(folder))).work).model.folder).toBe(join(folder, 'model'));
  });
});
