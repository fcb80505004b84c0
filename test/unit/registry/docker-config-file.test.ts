import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isCaissonError, type CaissonError } from '../../../src/core/errors.ts';
import { createDockerConfigFile } from '../../../src/registry/index.ts';
import type { DockerConfigFile } from '../../../src/registry/port.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'caisson-registry-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function config(content: unknown): Promise<DockerConfigFile> {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  await writeFile(join(folder, 'config.json'), text);
  return createDockerConfigFile(folder);
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function failure(work: Promise<unknown>): Promise<CaissonError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (isCaissonError(error)) return error;
  throw new Error('no CaissonError was thrown');
}

describe('credentialsFor', () => {
  it('takes an absent and an empty file as one without logins', async () => {
    const absent = createDockerConfigFile(join(folder, 'none'));
    expect(await absent.credentialsFor(['docker.io'])).toEqual({});
    expect(await absent.allCredentials()).toEqual({});
    expect(await absent.proxyVariables('')).toEqual({});
    expect(await (await config('')).credentialsFor(['docker.io'])).toEqual({});
    expect(await (await config({ auths: null })).credentialsFor(['docker.io'])).toEqual({});
  });

  it('decodes auth, with colons, umlauts and trailing zero bytes in the password', async () => {
    const file = await config({ auths: { 'r.io': { auth: base64('me:a:b:ü\0\0') } } });
    expect(await file.credentialsFor(['r.io', 'other.io'])).toEqual({
      'r.io': { username: 'me', password: 'a:b:ü' },
    });
  });

  it('takes username and password, and an identity token', async () => {
    const file = await config({
      auths: {
        'a.io': { username: 'me', password: 'secret' },
        'b.io': { auth: base64('me:'), identitytoken: 'tok' },
      },
    });
    expect(await file.credentialsFor(['a.io', 'b.io'])).toEqual({
      'a.io': { username: 'me', password: 'secret' },
      'b.io': { username: 'me', password: '', identityToken: 'tok' },
    });
  });

  it.each([
    ['https://index.docker.io/v1/', 'docker.io'],
    ['index.docker.io', 'docker.io'],
    ['docker.io', 'docker.io'],
    ['https://registry-1.docker.io/v2/', 'docker.io'],
    ['http://localhost:5000/v2/', 'localhost:5000'],
    ['https://ghcr.io', 'ghcr.io'],
    ['ghcr.io/team', 'ghcr.io'],
  ])('finds the key %s for %s', async (key, registry) => {
    const file = await config({ auths: { [key]: { auth: base64('me:secret') } } });
    expect(await file.credentialsFor([registry])).toEqual({
      [registry]: { username: 'me', password: 'secret' },
    });
  });

  it('prefers the very name over one with a scheme', async () => {
    const file = await config({
      auths: { 'https://r.io': { auth: base64('a:1') }, 'r.io': { auth: base64('b:2') } },
    });
    expect(await file.allCredentials()).toEqual({ 'r.io': { username: 'b', password: '2' } });
  });

  it('does not take the login of another port or a longer name', async () => {
    const file = await config({ auths: { 'localhost:5000': { auth: base64('me:secret') } } });
    expect(await file.credentialsFor(['localhost', 'localhost:5001', 'localhost:50000'])).toEqual({});
  });
});

describe('a broken file', () => {
  const secret = 'hunter2-secret';

  it.each([
    ['no JSON', `{"auths": {"r.io": {"auth": "${secret}`, 'it is not JSON'],
    ['a list', `["${secret}"]`, 'its content is not an object'],
    ['auths that are a text', { auths: secret }, "'auths' is not an object"],
    ['a login that is a text', { auths: { 'r.io': secret } }, "the login of 'r.io' is not an object"],
    ['no base64', { auths: { 'r.io': { auth: `!${secret}` } } }, "the login of 'r.io' is not base64"],
    [
      'no colon',
      { auths: { 'r.io': { auth: base64(secret) } } },
      "the login of 'r.io' does not read user:password",
    ],
  ])('%s is told with the path and never the content', async (_, content, reason) => {
    const error = await failure((await config(content)).credentialsFor(['r.io']));
    expect(error.code).toBe('CREDENTIALS_BROKEN');
    expect(error.message).toContain(join(folder, 'config.json'));
    expect(error.message).toContain(reason);
    const everything = JSON.stringify([error.message, error.hint, error.detail, String(error.cause)]);
    expect(everything).not.toContain(secret);
    expect(everything).not.toContain(base64(secret));
  });

  it('that cannot be read is one too', async () => {
    await mkdir(join(folder, 'config.json'));
    const error = await failure(createDockerConfigFile(folder).credentialsFor(['r.io']));
    expect(error.code).toBe('CREDENTIALS_BROKEN');
  });

  it('does not stop a push to a registry whose own login is fine', async () => {
    const file = await config({ auths: { 'bad.io': { auth: '!' }, 'r.io': { auth: base64('me:secret') } } });
    expect(Object.keys(await file.credentialsFor(['r.io']))).toEqual(['r.io']);
    expect((await failure(file.allCredentials())).message).toContain("'bad.io'");
  });
});

describe('helpersFor', () => {
  it('names the helper of a registry that has no login in the file', async () => {
    const file = await config({
      auths: { 'a.io': { auth: base64('me:secret') }, 'b.io': {}, 'https://index.docker.io/v1/': {} },
      credsStore: 'desktop',
      credHelpers: { 'gcr.io': 'gcloud', 'a.io': 'other' },
    });
    expect(await file.helpersFor(['a.io', 'b.io', 'docker.io', 'gcr.io'])).toEqual([
      { registry: 'b.io', helper: 'desktop' },
      { registry: 'docker.io', helper: 'desktop' },
      { registry: 'gcr.io', helper: 'gcloud' },
    ]);
  });

  it('names none without helpers', async () => {
    expect(await (await config({ auths: {} })).helpersFor(['a.io'])).toEqual([]);
  });
});

describe('proxyVariables', () => {
  const proxies = {
    default: {
      httpProxy: 'http://p:1',
      httpsProxy: 'http://p:2',
      noProxy: 'localhost',
      ftpProxy: 'http://p:3',
      allProxy: 'socks5://p:4',
    },
    'tcp://engine:2375': { httpProxy: 'http://other:1', httpsProxy: '' },
  };

  it('gives both spellings of every variable', async () => {
    expect(await (await config({ proxies })).proxyVariables('unix:///var/run/docker.sock')).toEqual({
      HTTP_PROXY: 'http://p:1',
      http_proxy: 'http://p:1',
      HTTPS_PROXY: 'http://p:2',
      https_proxy: 'http://p:2',
      NO_PROXY: 'localhost',
      no_proxy: 'localhost',
      FTP_PROXY: 'http://p:3',
      ftp_proxy: 'http://p:3',
      ALL_PROXY: 'socks5://p:4',
      all_proxy: 'socks5://p:4',
    });
  });

  it("takes an engine's own entry instead of the default, not beside it", async () => {
    expect(await (await config({ proxies })).proxyVariables('tcp://engine:2375')).toEqual({
      HTTP_PROXY: 'http://other:1',
      http_proxy: 'http://other:1',
    });
  });
});
