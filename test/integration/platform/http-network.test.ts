import { readFileSync } from 'node:fs';
import { createServer as createTlsServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from '../../../src/platform/http.ts';
import type { Network } from '../../../src/platform/http-network.ts';
import { makeCertificate, type TestCertificate } from '../../support/certificates.ts';
import { type ForwardProxy, startForwardProxy } from '../../support/forward-proxy.ts';
import { type LocalServer, startLocalServer } from '../../support/local-server.ts';
import { suiteFolder } from '../../support/test-folders.ts';

const never = new AbortController().signal;
const retry = { attempts: 1, baseDelayMs: 1, maxDelayMs: 1 };

async function ask(url: string, network: Network): Promise<string> {
  const client = new HttpClient({ idleTimeoutMs: 5000, retry, network });
  const outcome = await client.send({ url: new URL(url), method: 'POST', json: { a: 1 } }, never);
  if (outcome.kind === 'no-answer') return `no answer: ${outcome.reason}`;
  const body = await outcome.response.body.text(1000);
  return body.kind === 'text' ? body.text : body.kind;
}

describe('the network', () => {
  const folder = suiteFolder();
  let tls: TestCertificate;
  let client: TestCertificate;
  let secure: Server;
  let plain: LocalServer;
  let proxy: ForwardProxy;
  let port: number;

  beforeAll(async () => {
    tls = makeCertificate(folder.path, 'server.test');
    client = makeCertificate(folder.path, 'client.test');
    secure = await startTls({
      cert: readFileSync(tls.certificate),
      key: readFileSync(tls.key),
      ca: readFileSync(client.certificate),
      requestCert: true,
      rejectUnauthorized: false,
    });
    ({ port } = secure.address() as AddressInfo);
    plain = await startLocalServer((request, response) => {
      request.on('data', (chunk: Buffer) =>
        response.write(`${request.headers.host ?? ''} ${chunk.toString()}`),
      );
      request.on('end', () => response.end());
    });
  });
  afterAll(async () => {
    secure.closeAllConnections();
    secure.close();
    await plain.close();
  });
  afterEach(() => proxy.close());
  const startProxy = async (): Promise<string> => (proxy = await startForwardProxy()).url;

  it('asks for http: addresses with the whole URL, for the name that was meant', async () => {
    const http = (await startProxy()).replace('//', '//me:p%40ss@');
    const url = `http://tracking.test:${new URL(plain.url).port}/x?y=1`;
    expect(await ask(url, { proxies: { http } })).toBe(`${new URL(url).host} {"a":1}`);
    expect(proxy.asked).toEqual([`POST ${url}`]);
    expect([...proxy.authorizations]).toEqual([`Basic ${Buffer.from('me:p@ss').toString('base64')}`]);
  });

  it('asks for https: addresses through a tunnel, and checks the certificate of the other end', async () => {
    const https = (await startProxy()).replace('//', '//me:pw@');
    const network = { proxies: { https } };
    expect(await ask(`https://server.test:${port}/`, { ...network, caFile: tls.certificate })).toBe(
      'anonymous',
    );
    expect(proxy.asked).toEqual([`CONNECT server.test:${port}`]);
    expect([...proxy.authorizations]).toEqual([`Basic ${Buffer.from('me:pw').toString('base64')}`]);
    expect(await ask(`https://server.test:${port}/`, network)).toContain('certificate');
  });

  it('goes past the proxy for what NO_PROXY names, and for loopback', async () => {
    const http = await startProxy();
    await ask(plain.url, { proxies: { http } });
    expect(await ask('http://nowhere.invalid/', { proxies: { http, except: '.invalid' } })).toContain(
      'host name',
    );
    expect(proxy.asked).toEqual([]);
  });

  it('says what is wrong with a proxy, without its password', async () => {
    await startProxy();
    const said = await ask('http://h/', { proxies: { http: 'socks5://me:secret@p' } });
    expect(said).toContain("'socks5:'");
    expect(said).not.toContain('secret');
    expect(await ask('http://h/', { proxies: { http: 'http://127.0.0.1:1' } })).toContain('refused');
  });

  it('trusts a host by its own file, without a check, or not at all', async () => {
    await startProxy();
    const url = `https://localhost:${port}/`;
    const hosts = (settings: object, at = port): Network => ({
      proxies: {},
      hosts: new Map([[`localhost:${at}`, settings]]),
    });
    expect(await ask(url, { proxies: {} })).toContain('certificate');
    expect(await ask(url, hosts({ caFile: tls.certificate }))).toBe('anonymous');
    expect(await ask(url, hosts({ verification: 'off' }))).toBe('anonymous');
    expect(await ask(url, hosts({ verification: 'off' }, port + 1))).toContain('certificate');
    expect(await ask(url.replace('localhost', '127.0.0.1'), hosts({ verification: 'off' }))).toContain(
      'certificate',
    );
    expect(await ask(url, hosts({ caFile: client.certificate }))).toContain('certificate');
  });

  it('shows a certificate of its own', async () => {
    await startProxy();
    const settings = { caFile: tls.certificate, clientCertificateFile: client.pair };
    const network = { proxies: {}, hosts: new Map([[`localhost:${port}`, settings]]) };
    expect(await ask(`https://localhost:${port}/`, network)).toBe('client.test');
  });

  it('names a file of certificates that cannot be read', async () => {
    await startProxy();
    const caFile = join(folder.path, 'nope.pem');
    expect(await ask(`https://localhost:${port}/`, { proxies: {}, caFile })).toContain(
      `no answer: the certificates of '${caFile}' cannot be read`,
    );
  });
});

/** It answers with the name in the certificate that a client showed, if it trusts that. */
async function startTls(options: ServerOptions): Promise<Server> {
  const server = createTlsServer(options, (request, response) => {
    const { socket } = request;
    if (!(socket instanceof TLSSocket)) throw new Error('the server speaks TLS');
    const { subject } = socket.getPeerCertificate() as { readonly subject?: { readonly CN?: string } };
    response.end(socket.authorized ? (subject?.CN ?? '') : 'anonymous');
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
