import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findEndpoints, formatAddress, parseAddress, publishedHostOf } from '../../../src/engine/endpoint.ts';
import type { EngineConfig } from '../../../src/engine/port.ts';
import { failureOf } from '../../support/failure.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'caisson-endpoint-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

function config(change: Partial<EngineConfig> = {}): EngineConfig {
  return { tlsVerify: 'off', dockerConfigFolder: folder, homeFolder: '/home/me', ...change };
}

async function writeContext(
  name: string,
  endpoint: object,
  tls: Readonly<Record<string, string>> = {},
): Promise<void> {
  const id = createHash('sha256').update(name).digest('hex');
  const meta = join(folder, 'contexts/meta', id);
  await mkdir(meta, { recursive: true });
  await writeFile(join(meta, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: endpoint } }));
  const certificates = join(folder, 'contexts/tls', id, 'docker');
  await mkdir(certificates, { recursive: true });
  for (const [file, text] of Object.entries(tls)) await writeFile(join(certificates, file), text);
}

describe('parseAddress', () => {
  it.each([
    ['unix:///var/run/docker.sock', 'unix:///var/run/docker.sock'],
    ['tcp://engine', 'tcp://engine:2375'],
    ['tcp://engine:80', 'tcp://engine:80'],
    ['tcp://engine:4000/', 'tcp://engine:4000'],
    ['http://10.0.0.1:2375', 'tcp://10.0.0.1:2375'],
    ['tcp://[fd00::1]:2375', 'tcp://[fd00::1]:2375'],
    ['localhost:2375', 'tcp://localhost:2375'],
    ['https://engine', 'tcp://engine:2376'],
  ])('reads %s', (host, formatted) => {
    expect(formatAddress(parseAddress(host, undefined))).toBe(formatted);
  });

  it('uses TLS, on its own port, when it has the files', () => {
    expect(parseAddress('tcp://engine', { ca: 'CA' })).toEqual({
      kind: 'tcp',
      host: 'engine',
      port: 2376,
      tls: { ca: 'CA' },
    });
  });

  it.each([
    ['ssh://me@engine', 'ssh is not supported yet'],
    ['npipe:////./pipe/docker_engine', "'npipe' is not supported"],
    ['unix://relative.sock', 'must be absolute'],
    ['tcp://', 'does not read tcp://HOST:PORT'],
    ['tcp://engine:99999', 'does not read tcp://HOST:PORT'],
    ['tcp://engine:2375/prefix', 'a path behind the host'],
  ])('refuses %s', async (host, reason) => {
    const error = await failureOf(() => parseAddress(host, undefined));
    expect(error.code).toBe('ENGINE_UNREACHABLE');
    expect(error.message).toContain(`'${host}'`);
    expect(error.message).toContain(reason);
    expect(error.hint).toBeDefined();
  });

  it('knows under which host published ports are reached', () => {
    expect(publishedHostOf(parseAddress('unix:///x', undefined))).toBe('127.0.0.1');
    expect(publishedHostOf(parseAddress('tcp://engine:1', undefined))).toBe('engine');
  });
});

describe('findEndpoints', () => {
  const found = async (change: Partial<EngineConfig>): Promise<readonly string[]> =>
    (await findEndpoints(config(change))).map(({ address }) => formatAddress(address));

  it('tries the default sockets when nothing else is said', async () => {
    const defaults = [
      'unix:///var/run/docker.sock',
      'unix:///home/me/.docker/run/docker.sock',
      'unix:///run/user/7/docker.sock',
    ];
    expect(await found({ runtimeFolder: '/run/user/7' })).toEqual(defaults);
    expect(await found({})).toEqual(defaults.slice(0, 2));
    await writeFile(join(folder, 'config.json'), '{"currentContext":"default"}');
    expect(await found({})).toEqual(defaults.slice(0, 2));
  });

  it('takes DOCKER_HOST before every context, with the files of DOCKER_CERT_PATH when TLS is on', async () => {
    await writeFile(join(folder, 'ca.pem'), 'CA');
    await writeFile(join(folder, 'cert.pem'), 'CERT');
    await writeFile(join(folder, 'key.pem'), 'KEY');
    const host = { host: 'tcp://engine', dockerContext: 'none', certPath: folder };
    expect(await findEndpoints(config(host))).toEqual([
      { address: { kind: 'tcp', host: 'engine', port: 2375 }, origin: 'DOCKER_HOST' },
    ]);
    const tls = { ca: 'CA', cert: 'CERT', key: 'KEY' };
    expect(await findEndpoints(config({ ...host, tlsVerify: 'on' }))).toEqual([
      { address: { kind: 'tcp', host: 'engine', port: 2376, tls }, origin: 'DOCKER_HOST' },
    ]);
  });

  it('takes the context of DOCKER_CONTEXT before that of config.json', async () => {
    await writeFile(join(folder, 'config.json'), '{"currentContext":"two"}');
    await writeContext('one', { Host: 'unix:///one.sock' });
    await writeContext('two', { Host: 'tcp://two:2376' }, { 'ca.pem': 'CA' });
    expect(await found({ dockerContext: 'one' })).toEqual(['unix:///one.sock']);
    expect(await findEndpoints(config())).toEqual([
      {
        address: { kind: 'tcp', host: 'two', port: 2376, tls: { ca: 'CA' } },
        origin: "docker context 'two'",
      },
    ]);
  });

  it('knows a context that does not want its server verified', async () => {
    await writeContext('one', { Host: 'tcp://one:2376', SkipTLSVerify: true });
    expect((await findEndpoints(config({ dockerContext: 'one' })))[0]?.address).toMatchObject({
      tls: { verification: 'skip' },
    });
  });

  it('tells of a context that does not exist or names no engine', async () => {
    const missing = await failureOf(findEndpoints(config({ dockerContext: 'none' })));
    expect([missing.code, missing.message]).toEqual([
      'ENGINE_UNREACHABLE',
      "docker context 'none' does not exist",
    ]);
    await writeContext('cloud', {});
    const empty = await failureOf(findEndpoints(config({ dockerContext: 'cloud' })));
    expect(empty.message).toBe("docker context 'cloud' names no engine");
  });

  it('tells of a broken config.json without quoting it', async () => {
    await writeFile(join(folder, 'config.json'), '{"auths": hunter2');
    const error = await failureOf(findEndpoints(config()));
    expect(error.code).toBe('ENGINE_UNREACHABLE');
    expect(error.message).toContain('it is not JSON');
    expect(`${error.message} ${String(error.cause)}`).not.toContain('hunter2');
  });
});
