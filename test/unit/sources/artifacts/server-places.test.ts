import { afterEach, describe, expect, it } from 'vitest';
import { HttpClient } from '../../../../src/platform/http.ts';
import { type ArtifactLocation, parseArtifactLocation } from '../../../../src/sources/artifact-location.ts';
import { openHttpPlace } from '../../../../src/sources/artifacts/http-place.ts';
import type { ArtifactStore } from '../../../../src/sources/artifacts/port.ts';
import { openPresignedProxy } from '../../../../src/sources/artifacts/mlflow-proxy.ts';
import {
  openPresignedRun,
  openServerBytes,
  referenceInRun,
} from '../../../../src/sources/artifacts/server-bytes.ts';
import { ServerApi } from '../../../../src/sources/tracking-server/server-api.ts';
import { failureOf } from '../../../support/failure.ts';
import { startFakeTrackingServer, type Answer } from '../../../support/fake-tracking-server.ts';
import { startLocalServer, type LocalServer } from '../../../support/local-server.ts';

const { signal } = new AbortController();
const servers: LocalServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function tracking(answers: Readonly<Record<string, Answer>>): Promise<LocalServer> {
  const server = await startFakeTrackingServer(answers);
  servers.push(server);
  return server;
}

const apiOf = (url: string | URL): ServerApi =>
  new ServerApi({
    http: new HttpClient(),
    url: new URL(url),
    shown: 'test',
    credentials: { kind: 'token', token: 'secret' },
    signal,
  });

async function contentOf(store: ArtifactStore, path: string, start = 0): Promise<string> {
  const file = (await store.list(signal)).find((each) => each.path === path)!;
  const outcome = await store.read(file, { start }, signal);
  if (outcome.kind !== 'body') throw new Error(outcome.reason);
  const pieces: Uint8Array[] = [];
  for await (const piece of outcome.body.pieces()) if (piece.kind === 'bytes') pieces.push(piece.bytes);
  return Buffer.concat(pieces).toString();
}

/** A store that opens signed URLs, and nothing with a login besides. */
async function signedStore(content: string, isGood: (query: string) => boolean): Promise<LocalServer> {
  const server = await startLocalServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    if (request.headers.authorization !== undefined) response.writeHead(400).end('two logins');
    else if (!isGood(url.search)) response.writeHead(403).end();
    else {
      const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const isPart = request.headers.range !== undefined;
      if (isPart)
        response.setHeader('content-range', `bytes ${start}-${content.length - 1}/${content.length}`);
      response.writeHead(isPart ? 206 : 200).end(content.slice(start));
    }
  });
  servers.push(server);
  return server;
}

const FILES = [{ path: 'MLmodel', is_dir: false, file_size: '7' }];

describe('presigned URLs', () => {
  it('of the proxy are read without the login, in parts, and signed anew when they have run out', async () => {
    let signed = 0;
    const store = await signedStore('content', (query) => query === '?signature=2');
    const server = await tracking({
      'mlflow-artifacts/artifacts?path=1/m': { files: FILES },
      'mlflow-artifacts/presigned/1/m/MLmodel': (_, response) => {
        signed += 1;
        const url = `${store.url}/bucket/m?signature=${signed}`;
        response.writeHead(200).end(JSON.stringify({ url, headers: {}, file_size: 7 }));
      },
    });
    const opened = openPresignedProxy(apiOf(server.url), '1/m');
    expect(await contentOf(opened, 'MLmodel', 3)).toBe('tent');
    expect(signed).toBe(2);
    expect(await contentOf(opened, 'MLmodel')).toBe('content');
    expect(signed).toBe(2);
  });

  it('of a run come from the route for runs', async () => {
    const store = await signedStore('content', () => true);
    const server = await tracking({
      'mlflow/artifacts/list?run_id=r&path=m': {
        files: [{ path: 'm/MLmodel', is_dir: false, file_size: 7 }],
      },
      'mlflow/artifacts/presigned-download-url': {
        presigned_url: `${store.url}/x?signature=1`,
        file_size: '7',
      },
    });
    const opened = openPresignedRun(apiOf(server.url), { kind: 'run', runId: 'r', path: 'm' });
    expect(await contentOf(opened, 'MLmodel')).toBe('content');
  });

  it('that are refused do not show their signature', async () => {
    const store = await signedStore('content', () => false);
    const server = await tracking({
      'mlflow-artifacts/artifacts?path=1/m': { files: FILES },
      'mlflow-artifacts/presigned/1/m/MLmodel': { url: `${store.url}/bucket/m?signature=hidden` },
    });
    const opened = openPresignedProxy(apiOf(server.url), '1/m');
    const error = await failureOf(contentOf(opened, 'MLmodel'));
    expect(error.code).toBe('STORE_DENIED');
    expect(`${error.message} ${error.detail ?? ''} ${error.hint ?? ''}`).not.toContain('hidden');
  });

  it.each([{}, { url: 'file:///etc/passwd' }, { url: 'nonsense' }])(
    'that are none are told: %j',
    async (answer) => {
      const server = await tracking({
        'mlflow-artifacts/artifacts?path=1/m': { files: FILES },
        'mlflow-artifacts/presigned/1/m/MLmodel': answer,
      });
      const opened = openPresignedProxy(apiOf(server.url), '1/m');
      expect((await failureOf(contentOf(opened, 'MLmodel'))).code).toBe('STORE_FAILED');
    },
  );
});

describe("the server's own routes", () => {
  it('list and give the files of a run, page by page, with names relative to the place', async () => {
    const server = await startLocalServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://x');
      const page = url.searchParams.get('page_token');
      if (url.pathname === '/prefix/get-artifact')
        response.end(`bytes of ${url.searchParams.get('path') ?? ''}`);
      else if (url.searchParams.get('path') === 'a/m')
        response.end(
          JSON.stringify(
            page === null
              ? { files: [{ path: 'a/m/MLmodel', is_dir: false, file_size: 20 }], next_page_token: '2' }
              : { files: [{ path: 'a/m/d', is_dir: true }] },
          ),
        );
      else response.end(JSON.stringify({ files: [{ path: 'a/m/d/x', is_dir: false, file_size: 16 }] }));
    });
    servers.push(server);
    const opened = openServerBytes(apiOf(`${server.url}/prefix`), { kind: 'run', runId: 'r', path: 'a/m' });
    expect((await opened.list(signal)).map(({ path }) => path)).toEqual(['MLmodel', 'd/x']);
    expect(await contentOf(opened, 'MLmodel')).toBe('bytes of a/m/MLmodel');
    expect(await contentOf(opened, 'd/x')).toBe('bytes of a/m/d/x');
  });

  it('know a version of MLflow 2 by its place in its run', async () => {
    const server = await tracking({
      'mlflow/runs/get?run_id=r': { run: { info: { artifact_uri: 's3://b/1/r/artifacts/' } } },
      'mlflow/runs/get?run_id=proxied': {
        run: { info: { artifact_uri: 'mlflow-artifacts:/1/proxied/artifacts' } },
      },
    });
    const find = (runId: string, place: string): ReturnType<typeof referenceInRun> =>
      referenceInRun(apiOf(server.url), runId, parseArtifactLocation(place) as ArtifactLocation);
    expect(await find('r', 's3://b/1/r/artifacts/m/n')).toEqual({ kind: 'run', runId: 'r', path: 'm/n' });
    expect(await find('r', 's3://b/1/r/artifacts')).toEqual({ kind: 'run', runId: 'r', path: '' });
    expect(await find('proxied', 'mlflow-artifacts:/1/proxied/artifacts/m')).toMatchObject({ path: 'm' });
    for (const place of ['s3://elsewhere/m', 's3://b/1/r/artifacts2/m', 'mlflow-artifacts:/1/r/artifacts/m'])
      expect(await find('r', place)).toBeUndefined();
    expect(await find('unknown', 's3://b/1/r/artifacts/m')).toBeUndefined();
  });
});

it.each([
  ['2000 pages', []],
  ['100000 files', Array.from({ length: 20_000 }, (_, index) => ({ path: `f${index}`, is_dir: false }))],
])('a listing without end ends after %s', async (limit, files) => {
  const body = JSON.stringify({ files, next_page_token: 'more' });
  const server = await startLocalServer((_, response) => response.end(body));
  servers.push(server);
  const error = await failureOf(
    openServerBytes(apiOf(server.url), { kind: 'run', runId: 'r', path: '' }).list(signal),
  );
  expect(error).toMatchObject({ code: 'STORE_FAILED', message: `test lists more than ${limit}` });
});

describe('an http: place', () => {
  it('is a folder of an artifact service, perhaps behind a path', async () => {
    const server = await startLocalServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://x');
      const isListing = url.pathname === '/ml/api/2.0/mlflow-artifacts/artifacts';
      response.end(isListing ? JSON.stringify({ files: FILES }) : `of ${url.pathname.slice(-7)}`);
    });
    servers.push(server);
    const place = new URL(`${server.url}/ml/api/2.0/mlflow-artifacts/artifacts/1/a%20b/`);
    const opened = openHttpPlace(place, apiOf);
    expect((await opened.list(signal)).map(({ path }) => path)).toEqual(['MLmodel']);
    expect(server.requests[0]?.url).toContain('path=1%2Fa+b');
  });

  it.each([
    ['100%', '1/100%'],
    ['a%20b%', '1/a%20b%'],
    ['a%2F..%2F..%2Fb', '1/a%2F..%2F..%2Fb'],
  ])('takes a name that cannot be decoded as it stands: %s', async (name, path) => {
    const server = await startLocalServer((_, response) => response.end(JSON.stringify({ files: FILES })));
    servers.push(server);
    const place = new URL(`${server.url}/api/2.0/mlflow-artifacts/artifacts/1/${name}`);
    await openHttpPlace(place, apiOf).list(signal);
    expect(new URL(server.requests[0]?.url ?? '', server.url).searchParams.get('path')).toBe(path);
  });

  it('is nothing else', () => {
    expect(() => openHttpPlace(new URL('https://u:p@host/models/iris'), apiOf)).toThrow(
      "'https://host/models/iris' is no folder of MLflow's artifact service",
    );
  });
});
