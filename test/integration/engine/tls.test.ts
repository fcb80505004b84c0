import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../../src/engine/index.ts';
import type { EngineConfig } from '../../../src/engine/port.ts';
import { parseImageReference } from '../../../src/model/image-reference.ts';
import { EngineProbe } from '../../support/engine-probe.ts';
import { failureOf } from '../../support/failure.ts';
import { RecordingStep } from '../../support/recording-step.ts';
import { skipReason, TEST_ENGINE, titled } from '../../support/test-engine.ts';

const socketPath = (TEST_ENGINE.host ?? '').replace(/^unix:\/\//, '');
const isSkipped = skipReason !== undefined || !socketPath.startsWith('/');

/** The real engine behind a relay that wants a client certificate, as a remote engine does. */
describe.skipIf(isSkipped)(titled('an engine over TCP with TLS'), () => {
  let folder: string;
  let relay: Server;
  let config: EngineConfig;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'caisson-tls-'));
    makeCertificates(folder);
    const read = (name: string): Buffer => readFileSync(join(folder, name));
    const tls = { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
    relay = createServer({ ...tls, requestCert: true, rejectUnauthorized: true }, (client) => {
      const engine = connect(socketPath);
      client.pipe(engine).pipe(client);
      for (const socket of [client, engine]) {
        socket.on('error', () => undefined);
        socket.on('close', () => {
          client.destroy();
          engine.destroy();
        });
      }
    });
    relay.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    config = {
      host: `tcp://localhost:${(relay.address() as AddressInfo).port}`,
      tlsVerify: 'on',
      certPath: folder,
      dockerConfigFolder: '/none',
      homeFolder: '/none',
    };
  });

  afterAll(() => {
    relay.close();
    rmSync(folder, { recursive: true });
  });

  it('builds with BuildKit, whose session is an upgraded connection', async () => {
    const engine = createEngine(config);
    expect((await engine.describe()).publishedHost).toBe('localhost');
    const text = `FROM ${TEST_ENGINE.baseImage ?? ''}\nLABEL over=tls\n`;
    const { imageId } = await engine.build(
      {
        builder: 'buildkit',
        context: { entries: [{ path: 'Dockerfile', content: { kind: 'text', text } }] },
        tags: [parseImageReference('caisson-test/tls:1')],
        buildArgs: {},
        labels: {},
        cache: 'use',
        credentials: {},
      },
      { step: new RecordingStep(), signal: new AbortController().signal },
    );
    expect((await engine.inspectImage(imageId))?.labels).toEqual({ over: 'tls' });
    await (await EngineProbe.open()).removeImage('caisson-test/tls:1');
  });

  it('does not speak to a server that it cannot verify', async () => {
    const error = await failureOf(createEngine({ ...config, certPath: '/none' }).describe());
    expect(error.code).toBe('ENGINE_UNREACHABLE');
    expect(error.detail).toMatch(/certificate/i);
  });
});

function makeCertificates(folder: string): void {
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  };
  const key = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...key, '-keyout', 'ca-key.pem', '-out', 'ca.pem', '-subj', '/CN=caisson test CA');
  const names = ['-addext', 'subjectAltName=DNS:localhost', '-subj', '/CN=localhost'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca-key.pem',
    '-keyout',
    'key.pem',
    '-out',
    'cert.pem',
    ...names,
  );
}
