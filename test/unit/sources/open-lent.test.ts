import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openLent } from '../../../src/sources/open-lent.ts';
import { STORE_SETTINGS, withVariables } from '../../support/artifact-stores.ts';
import { startFakeTrackingServer } from '../../support/fake-tracking-server.ts';
import { type LocalServer, startLocalServer } from '../../support/local-server.ts';
import { temporaryFolders } from '../../support/test-folders.ts';

const makeFolder = temporaryFolders();
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** The first host that a proxy is asked for. */
async function startProxy(): Promise<{ readonly url: string; readonly asked: Promise<string> }> {
  const server = createServer();
  const asked = new Promise<string>((resolve) =>
    server.on('connect', ({ url = '' }, socket) => {
      socket.on('error', () => undefined);
      resolve(url);
      socket.destroy();
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const UC = 'mlflow/unity-catalog/model-versions';
const S3 = { aws_temp_credentials: { access_key_id: 'a', secret_access_key: 'lent', session_token: 't' } };
const GCS = { gcp_oauth_token: { oauth_token: 'lent' } };

describe('a login that a registry lends', () => {
  let own: LocalServer | undefined;
  withVariables(() => ({ AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_EC2_METADATA_DISABLED: 'true' }));

  it.each([
    ['s3://bucket/m', S3, 'bucket.s3.us-east-1.amazonaws.com:443'],
    ['gs://bucket/m', GCS, 'storage.googleapis.com:443'],
  ])(
    'goes to the cloud of %s, and not to a store that the user has named',
    async (artifact_uri, lent, host) => {
      own = await startLocalServer((_, response) => response.writeHead(404).end());
      const workspace = await startFakeTrackingServer({
        [`${UC}/generate-temporary-credentials`]: { credentials: lent },
        [`${UC}/get-download-uri?name=main.ml.iris&version=3`]: { artifact_uri },
      });
      for (const server of [own, workspace]) closing.push(() => server.close());
      const proxy = await startProxy();
      const stop = new AbortController();
      const store = await openLent(
        { kind: 'remote', scheme: 'models', uri: 'models://databricks-uc/main.ml.iris/3' },
        {
          ...{ credentials: { kind: 'none' }, workingFolder: makeFolder(), cacheFolder: makeFolder() },
          network: { proxies: { https: proxy.url } },
          databricks: {
            environment: { host: workspace.url, token: 'dapi' },
            ...{ profiles: new Map(), configFile: '.databrickscfg' },
          },
          artifactStores: {
            ...STORE_SETTINGS,
            s3: { ...STORE_SETTINGS.s3, endpoint: own.url, region: 'eu-central-1' },
            gcs: { emulatorHost: own.url },
          },
        },
        stop.signal,
      );
      const listing = store!.list(stop.signal).catch(() => undefined);
      const first = await Promise.race([proxy.asked, listing.then(() => 'no proxy was asked')]);
      stop.abort(new Error('enough'));
      await listing;
      expect(first).toBe(host);
      expect(own.requests).toEqual([]);
    },
  );
});
