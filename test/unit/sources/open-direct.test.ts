import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { parseArtifactLocation, type RemoteLocation } from '../../../src/sources/artifact-location.ts';
import type { ArtifactStore } from '../../../src/sources/artifacts/port.ts';
import { directOpener } from '../../../src/sources/open-direct.ts';
import type { SourcesConfig } from '../../../src/sources/port.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { type LocalServer, startLocalServer } from '../../support/local-server.ts';
import { temporaryFolders } from '../../support/test-folders.ts';

const { signal } = new AbortController();
const makeFolder = temporaryFolders();
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const answer = (_: IncomingMessage, response: ServerResponse): void => {
  response.end(JSON.stringify({ files: [{ path: 'MLmodel', is_dir: false }] }));
};

async function serve(): Promise<LocalServer> {
  const server = await startLocalServer(answer);
  closing.push(() => server.close());
  return server;
}

async function open(server: string, config: Partial<SourcesConfig>): Promise<ArtifactStore> {
  const location = parseArtifactLocation(
    `${server}/api/2.0/mlflow-artifacts/artifacts/1/m`,
  ) as RemoteLocation;
  const store = await directOpener(
    { credentials: { kind: 'none' }, workingFolder: makeFolder(), cacheFolder: makeFolder(), ...config },
    signal,
  )(location);
  return store!;
}

const TOKEN = { credentials: { kind: 'token', token: 'tok' }, workspace: 'team' } as const;

describe("an http: place gets the tracking server's login", () => {
  const sentTo = ({ requests }: LocalServer): readonly unknown[] => [
    requests[0]?.headers.authorization,
    requests[0]?.headers['x-mlflow-workspace'],
  ];

  it('and its workspace, at its own origin', async () => {
    const server = await serve();
    await (await open(server.url, { ...TOKEN, trackingUri: `${server.url}/prefix` })).list(signal);
    expect(sentTo(server)).toEqual(['Bearer tok', 'team']);
  });

  it('from the address of the tracking server', async () => {
    const server = await serve();
    const trackingUri = server.url.replace('//', '//u:p@');
    await (await open(server.url, { ...TOKEN, trackingUri })).list(signal);
    expect(sentTo(server)).toEqual([`Basic ${Buffer.from('u:p').toString('base64')}`, 'team']);
  });

  it('unless the place has one', async () => {
    const server = await serve();
    const place = server.url.replace('//', '//v:q@');
    await (await open(place, { ...TOKEN, trackingUri: server.url })).list(signal);
    expect(sentTo(server)[0]).toBe(`Basic ${Buffer.from('v:q').toString('base64')}`);
  });

  it('not in the clear, where the server itself is reached by TLS', async () => {
    const server = await serve();
    await (
      await open(server.url, { ...TOKEN, trackingUri: server.url.replace('http:', 'https:') })
    ).list(signal);
    expect(sentTo(server)).toEqual([undefined, undefined]);
  });

  it('not at another port, and a refusal says why', async () => {
    const server = await startLocalServer((_, response) => response.writeHead(401).end());
    closing.push(() => server.close());
    const tracking = await serve();
    const store = await open(server.url, { ...TOKEN, trackingUri: tracking.url });
    await expect(store.list(signal)).rejects.toMatchObject({
      message: `the artifact server '${server.url}' refuses to answer, as no login was given (401)`,
      hint: `the login of the tracking server goes to no other one: write its own into the address, ${server.url.replace('//', '//USER:PASSWORD@')}/…`,
    });
    expect(sentTo(server)).toEqual([undefined, undefined]);
  });
});

it('waits for a tracking server as long as it is told', async () => {
  const server = await startLocalServer(() => undefined);
  closing.push(() => server.close());
  const store = await open(server.url, { trackingUri: server.url, requestTimeoutMs: 100 });
  await expect(store.list(signal)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  expect(server.requests).toHaveLength(1);
});

describe('what is said about the certificate of the tracking server', () => {
  async function serveTls(): Promise<string> {
    const { certificate, key } = makeCertificate(makeFolder(), 'store.example');
    const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, answer);
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
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('is said about places at its origin, and about no other port', async () => {
    const [url, other] = [await serveTls(), await serveTls()];
    const config = { trackingUri: url, serverTls: { verification: 'off' } } as const;
    expect(await (await open(url, config)).list(signal)).toHaveLength(1);
    await expect((await open(other, config)).list(signal)).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
    });
  });
});
