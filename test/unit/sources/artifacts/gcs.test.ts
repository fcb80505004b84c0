import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openArtifactStore } from '../../../../src/sources/artifacts/open-artifact-store.ts';
import type { ArtifactStore } from '../../../../src/sources/artifacts/port.ts';
import { authorize } from '../../../../src/sources/artifacts/gcs/access.ts';
import { parsePage } from '../../../../src/sources/artifacts/gcs/objects.ts';
import { artifactStoreContract, type Place } from '../../../contract/artifact-store-contract.ts';
import { STORE_SETTINGS } from '../../../support/artifact-stores.ts';
import { rejection } from '../../../support/errors.ts';
import { answerError, startFakeGcs, type FakeGcs } from '../../../support/fake-gcs.ts';
import { startLocalServer } from '../../../support/local-server.ts';

const BUCKET = 'caisson-models';

describe("Google's storage, in the words of the reference of its API", () => {
  const signal = new AbortController().signal;
  let fake: FakeGcs;
  let places = 0;
  beforeAll(async () => {
    fake = await startFakeGcs(BUCKET);
  });
  afterAll(() => fake.server.close());

  const open = (path: string, emulatorHost = fake.server.url, bucket = BUCKET): Promise<ArtifactStore> =>
    openArtifactStore({ kind: 'gcs', bucket, path }, { ...STORE_SETTINGS, gcs: { emulatorHost } });

  function place(): Promise<Place> {
    const folder = `place-${(places += 1)}`;
    return Promise.resolve({
      put: (path, content) => {
        fake.put(`${folder}/${path}`, content);
        return Promise.resolve();
      },
      remove: (path) => {
        fake.remove(`${folder}/${path}`);
        return Promise.resolve();
      },
      open: (path) => open(path === undefined ? folder : `${folder}/${path}`),
    });
  }

  async function denied(): Promise<{ store: ArtifactStore; secret: string }> {
    const server = await startLocalServer((_, response) => {
      answerError(response, 403, 'caisson@test does not have storage.objects.list access to the bucket.');
    });
    const store = await open('a', server.url);
    const close = async (): Promise<void> => {
      await store.close();
      await server.close();
    };
    const { shown } = store;
    return {
      store: { shown, list: (s) => store.list(s), read: (...args) => store.read(...args), close },
      secret: 'ya29.',
    };
  }

  artifactStoreContract(() => ({ place, denied, unreachable: () => open('a', '127.0.0.1:1') }), {
    hostile: ['..\\x', 'a\u0001b', 'a/../../b', 'a//b', '/etc/x', '\uFEFF/../x'],
    checksums: 'in the listing',
  });

  it('says that a bucket does not exist', async () => {
    const store = await open('a', undefined, 'no-such-bucket');
    expect((await rejection(store.list(signal))).message).toBe(
      "the bucket 'gs://no-such-bucket' does not exist: 404: The specified bucket does not exist.",
    );
  });

  it('says that a page of a login is no listing', async () => {
    const server = await startLocalServer((_, response) => response.end('<html>log in</html>'));
    const error = await rejection((await open('a', server.url)).list(signal));
    expect(error).toMatchObject({ code: 'STORE_FAILED', message: expect.stringContaining('not a listing') });
    await server.close();
  });

  it.each([
    ['once', 1, undefined],
    ['for good', 9, 'STORE_UNREACHABLE'],
  ])('lists again when the connection is reset, %s', { timeout: 30_000 }, async (_, resets, code) => {
    let asked = 0;
    const server = await startLocalServer((request, response) => {
      asked += 1;
      if (asked <= resets) request.socket.resetAndDestroy();
      else response.end('{"items":[{"name":"a/x","size":"1"}]}');
    });
    const listing = (await open('a', server.url)).list(signal);
    if (code === undefined) expect(await listing).toHaveLength(1);
    else expect(await rejection(listing)).toMatchObject({ code });
    expect(asked).toBe(code === undefined ? 2 : 5);
    await server.close();
  });

  it('is asked with a token that was lent, and an emulator is not', async () => {
    const url = new URL('https://storage.googleapis.com/x');
    const access = await authorize({ token: 'lent' });
    expect(access.api.href).toBe('https://storage.googleapis.com/');
    expect(await access.headers(url, signal)).toEqual({ authorization: 'Bearer lent' });
    const emulator = await authorize({ token: 'lent', emulatorHost: '127.0.0.1:1' });
    expect(await emulator.headers(url, signal)).toEqual({});
  });

  it('lists again what a busy server refuses, and hands it back where a file is read', async () => {
    let asked = 0;
    const server = await startLocalServer((request, response) => {
      asked += 1;
      if (asked === 2 && !request.url!.includes('alt=media'))
        response.end('{"items":[{"name":"a/x","size":"1"}]}');
      else response.writeHead(503, { 'retry-after': '0' }).end();
    });
    const store = await open('a', server.url);
    const [file] = await store.list(signal);
    expect(file).toEqual({ path: 'x', size: 1, ranges: 'supported' });
    expect(await store.read(file!, { start: 0 }, signal)).toEqual({
      kind: 'temporary',
      reason: '503',
      retryAfterMs: 0,
    });
    await server.close();
  });
});

it('a listing of empty pages without end ends', async () => {
  const server = await startLocalServer((_, response) => response.end('{"nextPageToken": "more"}'));
  try {
    const settings = { ...STORE_SETTINGS, gcs: { emulatorHost: server.url } };
    const store = await openArtifactStore({ kind: 'gcs', bucket: BUCKET, path: 'm' }, settings);
    await expect(store.list(new AbortController().signal)).rejects.toMatchObject({
      message: expect.stringContaining('lists more than 2000 pages') as string,
    });
  } finally {
    await server.close();
  }
});

describe('a page of objects', () => {
  it('has digests in hex, and neither for what comes decompressed', () => {
    const items = [
      { name: 'a', size: '3', generation: '17', md5Hash: 'kAFQmDzST7DWlj99KOF/cg==', crc32c: 'Nks/tw==' },
      { name: 'b', size: '3', crc32c: 'Nks/tw==' },
      { name: 'c', size: '3', contentEncoding: 'gzip' },
      { name: 'd', size: '-1', generation: 'x', md5Hash: 'short' },
      { size: '3' },
    ];
    expect(parsePage(JSON.stringify({ kind: 'storage#objects', items, nextPageToken: 'n' }))).toEqual({
      objects: [
        {
          name: 'a',
          encoding: 'plain',
          size: 3,
          generation: '17',
          checksum: { algorithm: 'md5', value: '900150983cd24fb0d6963f7d28e17f72' },
        },
        { name: 'b', encoding: 'plain', size: 3, checksum: { algorithm: 'crc32c', value: '364b3fb7' } },
        { name: 'c', encoding: 'compressed', size: 3 },
        { name: 'd', encoding: 'plain' },
      ],
      nextPageToken: 'n',
    });
  });

  it.each(['', '[]', 'null', '{"items":1}', '{"kind":"storage#buckets"}'])('is not %j', (text) => {
    expect(parsePage(text)).toBeUndefined();
  });
});
