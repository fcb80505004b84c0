import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_HTTP_CONFIG, HttpClient } from '../../../../src/platform/http.ts';
import { HttpFileReader } from '../../../../src/sources/artifacts/http-file.ts';
import type {
  ArtifactStore,
  ByteRange,
  ReadOutcome,
  RemoteFile,
} from '../../../../src/sources/artifacts/port.ts';
import { SignedStore } from '../../../../src/sources/databricks/signed-place.ts';
import { downloadFiles, type DownloadOutcome } from '../../../../src/sources/download/download-files.ts';
import { DOWNLOAD_POLICY } from '../../../../src/sources/download/policy.ts';
import { failureOf } from '../../../support/failure.ts';
import { startLocalServer, type LocalServer } from '../../../support/local-server.ts';
import { temporaryFolders } from '../../../support/test-folders.ts';

const { signal } = new AbortController();
const makeFolder = temporaryFolders();
const servers: LocalServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

interface Content {
  readonly bytes: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Question {
  readonly range?: string;
  readonly ifRange?: string;
}

/** A store that holds one file, whose content depends on how many questions came before. */
async function store(contentAt: (question: number) => Content, heard: Question[] = []): Promise<LocalServer> {
  const server = await startLocalServer((request, response) => {
    const { range, 'if-range': ifRange } = request.headers;
    heard.push({
      ...(range === undefined ? {} : { range }),
      ...(ifRange === undefined ? {} : { ifRange: String(ifRange) }),
    });
    const { bytes, headers } = contentAt(heard.length - 1);
    const [, start = '', end = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
    if (start === '' || (ifRange !== undefined && ifRange !== headers['etag']))
      return response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes);
    const last = end === '' ? bytes.length - 1 : Math.min(Number(end), bytes.length - 1);
    const part = `bytes ${start}-${last}/${bytes.length}`;
    return response
      .writeHead(206, { 'content-range': part, ...headers })
      .end(bytes.slice(Number(start), last + 1));
  });
  servers.push(server);
  return server;
}

const file: RemoteFile = { path: 'weights', size: 60, ranges: 'supported' };
const OLD = { bytes: 'a'.repeat(60), headers: { etag: '"old"' } };
const NEW = { bytes: 'b'.repeat(60), headers: { etag: '"new"' } };

const signed = (server: LocalServer): SignedStore =>
  new SignedStore(
    {
      shown: 'the place',
      listFolder: () => Promise.resolve([{ path: 'weights', kind: 'file', size: 60 }]),
      sign: () => Promise.resolve({ url: new URL(server.url), headers: {} }),
    },
    new HttpClient({ ...DEFAULT_HTTP_CONFIG, retry: { ...DEFAULT_HTTP_CONFIG.retry, attempts: 1 } }),
  );

async function download(opened: ArtifactStore, parallel: number): Promise<DownloadOutcome> {
  const [listed] = await opened.list(signal);
  return downloadFiles({
    files: [{ store: opened, file: listed! }],
    target: makeFolder(),
    signal,
    policy: { ...DOWNLOAD_POLICY, parallel, pieceBytes: 10, smallBytes: 0 },
    onBytes: () => undefined,
  });
}

function readerOf(server: LocalServer): (range: ByteRange, of?: RemoteFile) => Promise<ReadOutcome> {
  const http = new HttpClient();
  const reader = new HttpFileReader(async (request, aborted) => {
    const outcome = await http.send(request, aborted);
    if (outcome.kind === 'no-answer') throw new Error(outcome.reason);
    return outcome.response;
  });
  const request = { url: new URL(server.url) };
  return async (range, of = file) => {
    const outcome = await reader.read({ file: of, range, shown: 'the store', request }, signal);
    if (outcome.kind === 'body') await outcome.body.discard();
    return outcome;
  };
}

const CHANGED = { kind: 'changed', reason: "'weights' has another content now" };

describe('a large file that is replaced by one of the same length while its pieces come', () => {
  it.each([
    ['one piece after the other', 1],
    ['several at once, before any tag is known', 6],
  ])('has changed: %s', async (_, parallel) => {
    const server = await store((question) => (question < 2 ? OLD : NEW));
    expect(await download(signed(server), parallel)).toEqual(CHANGED);
  });

  it('has changed in the words of a store without tags, too', async () => {
    const of = (bytes: string, day: number): Content => ({
      bytes: bytes.repeat(60),
      headers: { 'last-modified': `Sun, 0${day} Nov 2026 00:00:00 GMT` },
    });
    const server = await store((question) => (question < 2 ? of('a', 1) : of('b', 8)));
    expect(await download(signed(server), 1)).toEqual(CHANGED);
  });

  it('is found so by each listing, and read when it stays', async () => {
    let content = OLD;
    const server = await store(() => content);
    const read = readerOf(server);
    expect(await read({ start: 0, end: 10 })).toMatchObject({ kind: 'body' });
    content = NEW;
    expect(await read({ start: 10, end: 20 })).toEqual(CHANGED);
    expect(await read({ start: 20, end: 30 })).toEqual(CHANGED);
    expect(await read({ start: 0, end: 10 }, { ...file })).toMatchObject({ kind: 'body' });
  });
});

describe('a piece', () => {
  it('is asked for with the tag of the first answer', async () => {
    const heard: Question[] = [];
    expect(await download(signed(await store(() => OLD, heard)), 1)).toEqual({ kind: 'done' });
    expect(heard[0]).toEqual({ range: 'bytes=0-9' });
    expect(heard.at(-1)).toEqual({ range: 'bytes=50-59', ifRange: '"old"' });
  });

  it.each(['bytes 0-9/60', 'bytes 10-29/60', 'nonsense'])(
    'is not %s when another one is asked for',
    async (part) => {
      const server = await store(() => ({ ...OLD, headers: { 'content-range': part } }));
      expect(await failureOf(readerOf(server)({ start: 10, end: 20 }))).toMatchObject({
        code: 'DOWNLOAD_FAILED',
      });
    },
  );

  it('of a file with another length has changed', async () => {
    const server = await store(() => ({ ...OLD, bytes: 'a'.repeat(61) }));
    expect(await readerOf(server)({ start: 10, end: 20 })).toMatchObject({ kind: 'changed' });
  });

  it('that always comes as the whole file is a failure', async () => {
    const server = await store(() => ({ ...OLD, headers: { etag: 'W/"weak"' } }));
    const whole = await startLocalServer((_, response) => response.end(OLD.bytes));
    servers.push(whole);
    expect(await readerOf(server)({ start: 10, end: 20 })).toMatchObject({ kind: 'body' });
    expect(await failureOf(readerOf(whole)({ start: 10, end: 20 }))).toMatchObject({
      code: 'DOWNLOAD_FAILED',
    });
  });
});

it('a file that comes whole instead of going on begins anew', async () => {
  const resumed: RemoteFile = { ...file, ranges: 'to-resume' };
  const server = await store((question) => (question === 0 ? OLD : NEW));
  const read = readerOf(server);
  expect(await read({ start: 0 }, resumed)).toMatchObject({ kind: 'body' });
  expect(await read({ start: 30 }, resumed)).toMatchObject({ kind: 'body', body: { start: 0 } });
  const again = await read({ start: 40 }, resumed);
  expect(again.kind === 'body' && again.body.start).toBeUndefined();
});
