import { readFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProxySettings } from '../../../src/platform/http-proxy.ts';
import { TunnelAgent } from '../../../src/platform/tunnel-agent.ts';
import { makeCertificate, type TestCertificate } from '../../support/certificates.ts';
import { type ForwardProxy, startForwardProxy } from '../../support/forward-proxy.ts';
import { suiteFolder } from '../../support/test-folders.ts';

describe('an agent that goes through a proxy', () => {
  const folder = suiteFolder();
  let tls: TestCertificate;
  let server: Server;
  let proxy: ForwardProxy;
  let port: number;

  beforeAll(async () => {
    tls = makeCertificate(folder.path, 'bucket.test');
    server = createServer(
      { cert: readFileSync(tls.certificate), key: readFileSync(tls.key) },
      (_, response) => response.end('of the bucket'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
    proxy = await startForwardProxy();
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await proxy.close();
  });

  const agent = (proxies: ProxySettings, ca = readFileSync(tls.certificate)): TunnelAgent =>
    new TunnelAgent(proxies, { ca, keepAlive: true });

  /** What is answered, or why nothing is. */
  function ask(by: TunnelAgent, host: string): Promise<string> {
    return new Promise((resolve) => {
      request({ host, port, path: '/', agent: by }, (answer) => {
        let text = '';
        answer.on('data', (bytes: Buffer) => (text += bytes.toString()));
        answer.on('end', () => {
          resolve(text);
        });
      })
        .on('error', (error) => {
          resolve(`no answer: ${error.message}`);
        })
        .end();
    });
  }

  it('opens one tunnel for requests in turn, with the login of the proxy', async () => {
    const by = agent({ https: proxy.url.replace('//', '//me:p%40ss@') });
    expect(await ask(by, 'bucket.test')).toBe('of the bucket');
    expect(await ask(by, 'bucket.test')).toBe('of the bucket');
    expect(proxy.asked).toEqual([`CONNECT bucket.test:${port}`]);
    expect([...proxy.authorizations]).toEqual([`Basic ${Buffer.from('me:p@ss').toString('base64')}`]);
    by.destroy();
  });

  it('checks the certificate of the other end, by its own name', async () => {
    const by = agent({ https: proxy.url });
    expect(await ask(by, 'other.test')).toContain("does not match certificate's altnames");
    by.destroy();
  });

  it('goes past the proxy for what is excepted, and for loopback', async () => {
    const before = proxy.asked.length;
    const by = agent({ https: proxy.url, except: '.invalid' });
    expect(await ask(by, 'nowhere.invalid')).toContain('ENOTFOUND');
    expect(await ask(by, '127.0.0.1')).toBe('of the bucket');
    expect(proxy.asked).toHaveLength(before);
    by.destroy();
  });

  it('says that a proxy refuses, is not there, or is none', async () => {
    expect(await ask(agent({ https: 'http://127.0.0.1:1' }), 'bucket.test')).toContain('ECONNREFUSED');
    expect(await ask(agent({ https: 'socks5://me:secret@p' }), 'bucket.test')).toMatch(
      /^no answer: (?!.*secret)/,
    );
  });
});
