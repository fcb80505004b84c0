import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ArtifactStore } from '../../../../src/sources/artifacts/port.ts';
import { openArtifactStore } from '../../../../src/sources/artifacts/open-artifact-store.ts';
import type { S3Settings } from '../../../../src/sources/artifacts/settings.ts';
import { artifactStoreContract, type Place } from '../../../contract/artifact-store-contract.ts';
import {
  S3_ENDPOINT,
  STORE_SETTINGS,
  withoutStore,
  withVariables,
} from '../../../support/artifact-stores.ts';
import { rejection } from '../../../support/errors.ts';
import { startForwardProxy } from '../../../support/forward-proxy.ts';
import { startLocalServer } from '../../../support/local-server.ts';

const BUCKET = 'caisson-models';
const SECRET = 'wJalrXUtnFEMI/K7MDENG';

describe.skipIf(S3_ENDPOINT === undefined)(
  `S3, as moto speaks it${withoutStore('S3_ENDPOINT', S3_ENDPOINT)}`,
  () => {
    withVariables(() => ({
      AWS_ACCESS_KEY_ID: 'AKIATESTTESTTESTTEST',
      AWS_SECRET_ACCESS_KEY: SECRET,
      AWS_PROFILE: undefined,
      AWS_REGION: undefined,
      AWS_DEFAULT_REGION: undefined,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/nonexistent',
      AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    }));
    const signal = new AbortController().signal;
    let client: S3Client;
    let places = 0;

    beforeAll(async () => {
      client = new S3Client({ endpoint: S3_ENDPOINT!, region: 'us-east-1', forcePathStyle: true });
      await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
    });

    const open = (path: string, settings: Partial<S3Settings> = {}): Promise<ArtifactStore> =>
      openArtifactStore(
        { kind: 's3', bucket: BUCKET, path },
        { ...STORE_SETTINGS, s3: { ...STORE_SETTINGS.s3, endpoint: S3_ENDPOINT!, ...settings } },
      );

    function place(): Promise<Place> {
      const folder = `place-${(places += 1)}`;
      return Promise.resolve({
        put: async (path, content) => {
          await client.send(
            new PutObjectCommand({ Bucket: BUCKET, Key: `${folder}/${path}`, Body: content }),
          );
        },
        remove: async (path) => {
          await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: `${folder}/${path}` }));
        },
        open: (path) => open(path === undefined ? folder : `${folder}/${path}`),
      });
    }

    /** From now on moto checks who asks. */
    const checkLogins = (free: string): Promise<Response> =>
      fetch(`${S3_ENDPOINT!}/moto-api/reset-auth`, { method: 'POST', body: free });

    async function denied(): Promise<{ store: ArtifactStore; secret: string }> {
      const store = await open('a');
      await checkLogins('0');
      const list = async (listSignal: AbortSignal): ReturnType<ArtifactStore['list']> => {
        try {
          return await store.list(listSignal);
        } finally {
          await checkLogins('inf');
        }
      };
      return {
        store: {
          shown: store.shown,
          list,
          read: (...args) => store.read(...args),
          close: () => store.close(),
        },
        secret: SECRET,
      };
    }

    artifactStoreContract(
      () => ({ place, denied, unreachable: () => open('a', { endpoint: 'http://127.0.0.1:1' }) }),
      { hostile: ['..\\x', 'a\u0001b', 'a/../../b', 'a//b', '/etc/x'], checksums: 'in the answer' },
    );

    it('knows no digest of what S3 encrypted with a key of KMS', async () => {
      await client.send(
        new PutObjectCommand({ Bucket: BUCKET, Key: 'kms/a', Body: 'x', ServerSideEncryption: 'aws:kms' }),
      );
      const store = await open('kms');
      const [file] = await store.list(signal);
      const outcome = await store.read(file!, { start: 0 }, signal);
      expect(outcome).toMatchObject({ kind: 'body' });
      expect(outcome).not.toHaveProperty('body.checksum');
      if (outcome.kind === 'body') await outcome.body.discard();
      await store.close();
    });

    it('reaches an endpoint in the clear through the proxy of the network, with its login', async () => {
      const proxy = await startForwardProxy();
      const made = await place();
      await made.put('a b', Buffer.from('through the proxy'));
      // every name is this machine for that proxy, and loopback would never go through one
      const endpoint = S3_ENDPOINT!.replace('127.0.0.1', 'bucket-server');
      const network = { proxies: { http: proxy.url.replace('//', '//me:secret@') } };
      const store = await open(`place-${places}`, { endpoint, network });
      const [file] = await store.list(signal);
      const outcome = await store.read(file!, { start: 8 }, signal);
      if (outcome.kind !== 'body') throw new TypeError(outcome.reason);
      const parts: Uint8Array[] = [];
      for await (const piece of outcome.body.pieces()) if (piece.kind === 'bytes') parts.push(piece.bytes);
      expect(Buffer.concat(parts).toString()).toBe('the proxy');
      expect(proxy.asked.every((line) => line.startsWith(`GET ${endpoint}/${BUCKET}`))).toBe(true);
      expect([...proxy.authorizations]).toEqual([`Basic ${Buffer.from('me:secret').toString('base64')}`]);
      await store.close();
      await proxy.close();
    });

    it('passes over the objects that stand for folders', async () => {
      for (const Key of ['marked/', 'marked/code/', 'marked/code/a.py'])
        await client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Key.endsWith('/') ? '' : 'x' }));
      const store = await open('marked');
      expect((await store.list(signal)).map(({ path }) => path)).toEqual(['code/a.py']);
      await store.close();
    });

    it('refuses a file that is a folder too', async () => {
      for (const Key of ['clash/a', 'clash/a/b'])
        await client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'x' }));
      const store = await open('clash');
      expect(await rejection(store.list(signal))).toMatchObject({
        code: 'STORE_FAILED',
        message: "the bucket 's3://caisson-models' holds 'a' as a file and as a folder",
      });
      await store.close();
    });

    it('says that a bucket does not exist', async () => {
      const store = await openArtifactStore(
        { kind: 's3', bucket: 'no-such-bucket', path: 'a' },
        { ...STORE_SETTINGS, s3: { ...STORE_SETTINGS.s3, endpoint: S3_ENDPOINT! } },
      );
      const error = await rejection(store.list(signal));
      expect(error.message).toMatch(/^the bucket 's3:\/\/no-such-bucket' does not exist: 404 NoSuchBucket/);
      await store.close();
    });

    it('refuses an endpoint that is no URL, and a CA bundle that is not there', async () => {
      expect(await rejection(open('a', { endpoint: 'no url' }))).toMatchObject({ code: 'STORE_FAILED' });
      expect(await rejection(open('a', { caBundle: '/no/such/ca.pem' }))).toMatchObject({
        code: 'STORE_FAILED',
        message: expect.stringContaining('/no/such/ca.pem'),
      });
    });

    describe('without credentials', () => {
      withVariables(() => ({ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }));

      it('reads what is public', async () => {
        await client.send(
          new PutObjectCommand({ Bucket: BUCKET, Key: 'public/a', Body: 'x', ACL: 'public-read' }),
        );
        const store = await open('public');
        expect(await store.list(signal)).toHaveLength(1);
        await store.close();
      });

      it('says that there are none when the bucket is not public', async () => {
        // moto breaks when such a request meets its own check
        const server = await startLocalServer((_, response) => {
          response
            .writeHead(403)
            .end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
        });
        const store = await open('a', { endpoint: server.url });
        expect(await rejection(store.list(signal))).toMatchObject({
          code: 'STORE_DENIED',
          hint: expect.stringContaining('no AWS credentials'),
        });
        expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
        await store.close();
        await server.close();
      });
    });
  },
);
