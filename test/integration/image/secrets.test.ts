import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.ts';
import { SSHD } from '../../support/artifact-stores.ts';
import { testCa } from '../../support/environment.ts';
import { EngineProbe } from '../../support/engine-probe.ts';
import { unpackImage, untar, type ImageArchive } from '../../support/image-archive.ts';
import { modelFiles } from '../../support/model-files.ts';
import { startPrivateIndex, startProxy, type PrivateIndex } from '../../support/private-index.ts';
import { makeGitRepository, startGitServer } from '../../support/git-server.ts';
import { startSshAgent } from '../../support/ssh-agent.ts';
import { suiteFolder, writeTree } from '../../support/test-folders.ts';
import { skipReason, TEST_ENGINE, titled } from '../../support/test-engine.ts';
import { recordedStream, textSink } from '../../support/text-sink.ts';

const PACKAGE = { name: 'caisson_private', version: '1.2.3' };
const PUBLIC_INDEX = 'https://pypi.org/simple';
/** With everything that a netrc file and a URL write in a way of their own. */
const INDEX_LOGIN = { user: 'index-user', password: `index p@ss"w\\ord#1/${randomBytes(6).toString('hex')}` };
const PROXY_LOGIN = { user: 'proxy-user', password: `proxy-pass-${randomBytes(6).toString('hex')}` };
const OTHER_PASSWORD = `other-pass-${randomBytes(6).toString('hex')}`;
const TOKEN = `token-${randomBytes(9).toString('hex')}`;
const FILE_SECRET = `first line ${randomBytes(6).toString('hex')}\nsecond line ${randomBytes(6).toString('hex')}\n`;

/** No mlflow: its requirement holds on no Python, so that the build is short. */
const requirements = (...lines: readonly string[]): string =>
  [...lines, 'mlflow-skinny==3.4.0 ; python_version < "3"', ''].join('\n');

describe.skipIf(skipReason !== undefined)(titled('an image built with secrets'), () => {
  const folder = suiteFolder();
  const run = randomBytes(4).toString('hex');
  let probe: EngineProbe;
  let index: PrivateIndex;
  let proxy: PrivateIndex;

  beforeAll(async () => {
    probe = await EngineProbe.open();
    index = await startPrivateIndex(INDEX_LOGIN, PACKAGE);
    proxy = await startProxy(PROXY_LOGIN);
  });

  afterAll(async () => {
    await probe.removeImages(new RegExp(`^caisson-test/secrets:${run}-`));
    await index[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
  });

  const url = (userInfo: string): string => `http://${userInfo}127.0.0.1:${index.port}/simple`;
  const loginInUrl = `${INDEX_LOGIN.user}:${encodeURIComponent(INDEX_LOGIN.password)}@`;

  interface Built {
    readonly exitCode: number;
    readonly output: string;
    readonly image: () => Promise<ImageArchive>;
  }

  /** Runs build-image as a user does, in a home folder of its own, with the network of this machine. */
  async function build(
    name: string,
    requirementsTxt: string,
    more: {
      readonly options?: readonly string[];
      readonly environment?: Readonly<Record<string, string>>;
      readonly files?: Readonly<Record<string, string>>;
      readonly proxies?: Readonly<Record<string, string>>;
    },
  ): Promise<Built> {
    const home = join(folder.path, name);
    writeTree(
      join(home, 'model'),
      modelFiles({
        'python_env.yaml': 'python: 3.11\ndependencies: ["-r requirements.txt"]\n',
        'requirements.txt': requirementsTxt,
      }),
    );
    writeTree(home, {
      '.docker/config.json': JSON.stringify({ proxies: { default: more.proxies ?? {} } }),
      ...more.files,
    });
    const tag = `caisson-test/secrets:${run}-${name}`;
    const [stdout, stderr] = [textSink(), recordedStream()];
    const ca = testCa();
    const exitCode = await runCli({
      argv: [
        ...[
          'build-image',
          'model',
          '-t',
          tag,
          '--base-image',
          TEST_ENGINE.baseImage ?? '',
          '--network',
          'host',
        ],
        ...(ca === undefined ? [] : ['--ca-cert', ca]),
        ...(more.options ?? []),
        ...['--no-self-test', '--progress', 'plain', '--verbose'],
      ],
      environment: { HOME: home, DOCKER_HOST: TEST_ENGINE.host, ...more.environment },
      workingFolder: home,
      version: '1.2.3',
      stdout,
      stderr,
      signal: new AbortController().signal,
    });
    return {
      exitCode,
      output: stdout.text() + stderr.text(),
      image: () => unpackImage(probe, tag),
    };
  }

  /** Every way in which a secret could be written down. */
  function formsOf(secret: string): readonly string[] {
    const quoted = secret.replace(/["\\]/g, '\\$&');
    const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
    return [secret, encodeURIComponent(secret), encodeURI(secret), quoted, base64];
  }

  function expectNone({ raw, layerTars, config }: ImageArchive, words: readonly string[]): void {
    // the archive holds layers as they are, unless the engine keeps them compressed
    const places = [raw, ...layerTars.filter((tar) => !raw.includes(tar.subarray(0, 4096)))];
    expect(layerTars.length).toBeGreaterThan(3);
    expect(config).toContain('history');
    for (const word of words) {
      for (const place of places) expect(place.includes(word), word).toBe(false);
      expect(config).not.toContain(word);
    }
  }

  it('holds none of them: index login, netrc, token, file, proxy, CA', async () => {
    const ca = join(folder.path, 'company-ca.pem');
    const companyCa = selfSigned(folder.path);
    writeFileSync(ca, `${testCa() === undefined ? '' : readFileSync(testCa()!, 'utf8')}\n${companyCa}`);
    const proxyUrl = `http://${PROXY_LOGIN.user}:${PROXY_LOGIN.password}@127.0.0.1:${proxy.port}`;
    const { exitCode, output, image } = await build('all', requirements(PACKAGE.name), {
      options: [
        ...['--index-url', url(loginInUrl), '--extra-index-url', PUBLIC_INDEX],
        ...[
          '--secret',
          'id=netrc,src=my-netrc',
          '--secret',
          'id=token,env=MY_TOKEN',
          '--secret',
          'id=file,src=secret.txt',
        ],
        ...['--ca-cert', ca, '--no-cache'],
      ],
      environment: { MY_TOKEN: TOKEN },
      files: {
        'my-netrc': `machine other.example login me password ${OTHER_PASSWORD}\n`,
        'secret.txt': FILE_SECRET,
      },
      proxies: { httpProxy: proxyUrl },
    });
    expect(output).toContain('caisson-test/secrets');
    expect(exitCode, output).toBe(0);
    // both installers logged in, and went through the proxy
    expect(index.served).toEqual(expect.arrayContaining(['/simple/uv/', '/simple/caisson-private/']));
    expect(proxy.served.length).toBeGreaterThanOrEqual(index.served.length);
    const secrets = [
      INDEX_LOGIN.password,
      PROXY_LOGIN.password,
      OTHER_PASSWORD,
      TOKEN,
      ...FILE_SECRET.trim().split('\n'),
    ];
    const archive = await image();
    const lineOfCa = companyCa.split('\n')[5] ?? '';
    expectNone(archive, [...secrets.flatMap(formsOf), INDEX_LOGIN.user, PROXY_LOGIN.user, lineOfCa]);
    const own = await pathsAboveBase(archive);
    expect(own.filter((path) => /^(run|mnt|root)\/./.test(path) || /netrc|ca\.crt/.test(path))).toEqual([]);
    expect(own).toContain(`opt/venv/lib/python3.11/site-packages/${PACKAGE.name}.py`);
    for (const secret of secrets.flatMap(formsOf)) expect(output).not.toContain(secret);
  });

  it('takes indexes and logins from pip.conf, for pip and for uv', async () => {
    const { exitCode, output, image } = await build('pip-conf', requirements(PACKAGE.name), {
      options: ['--secret', 'id=pip.conf,src=pip.conf'],
      files: {
        'pip.conf': `[global]\nindex-url = ${url(loginInUrl)}\nextra-index-url =\n    ${PUBLIC_INDEX}\n[install]\ntrusted-host = 127.0.0.1\n`,
      },
    });
    expect(exitCode, output).toBe(0);
    const { config } = await image();
    expect(config).toContain(`--default-index http://127.0.0.1:${index.port}/simple`);
    expect(config).not.toContain(INDEX_LOGIN.user);
    for (const form of formsOf(INDEX_LOGIN.password)) expect(output).not.toContain(form);
  });

  it('shows no password when the index refuses it', async () => {
    const wrong = `wrong-${randomBytes(6).toString('hex')}`;
    const before = index.refused.length;
    const { exitCode, output } = await build('refused', requirements(PACKAGE.name), {
      options: ['--index-url', url(`${INDEX_LOGIN.user}:${wrong}@`), '--extra-index-url', PUBLIC_INDEX],
    });
    expect(exitCode, output).toBe(5);
    expect(index.refused.length).toBeGreaterThan(before);
    for (const form of formsOf(wrong)) expect(output).not.toContain(form);
  });

  it('clones over https with the netrc secret, and keeps git out of the image', async () => {
    await using git = await startGitServer(folder.path, { user: 'git-user', password: `git-${TOKEN}` });
    const netrc = `machine 127.0.0.1 login git-user password git-${TOKEN}\n`;
    const { exitCode, output, image } = await build('git', requirements(`own @ git+${git.url}@main`), {
      options: ['--secret', 'id=netrc,src=netrc'],
      files: { netrc },
    });
    expect(exitCode, output).toBe(0);
    const archive = await image();
    const paths = await pathsAboveBase(archive);
    expect(paths).toContain('opt/venv/lib/python3.11/site-packages/own.py');
    expect(paths.filter((path) => /(^usr|\/git$|netrc|^root\/.)/.test(path))).toEqual([]);
    expectNone(archive, formsOf(`git-${TOKEN}`));
  });

  describe.skipIf(SSHD === undefined)('cloned over ssh', () => {
    const ours = (): string =>
      requirements(`own @ git+ssh://${SSHD!.user}@127.0.0.1:${SSHD!.port}${repository}@main`);
    let repository: string;

    beforeAll(() => {
      repository = makeGitRepository(join(folder.path, 'ssh'));
    });

    it('holds the package, and neither key nor agent nor the keys of hosts', async () => {
      const { folder: keys, knownHosts } = SSHD!;
      await using agent = await startSshAgent(join(keys, 'user_key'));
      const { exitCode, output, image } = await build('ssh', ours(), {
        options: ['--ssh', `default=${agent.socket}`, '--secret', `id=known_hosts,src=${knownHosts}`],
      });
      expect(exitCode, output).toBe(0);
      const archive = await image();
      const paths = await pathsAboveBase(archive);
      expect(paths).toContain('opt/venv/lib/python3.11/site-packages/own.py');
      expect(
        paths.filter((path) => /(^usr|\/(git|ssh)$|known_hosts|agent|\.ssh|^(root|run|tmp)\/.)/.test(path)),
      ).toEqual([]);
      const inner = (file: string): string => readFileSync(file, 'utf8').split('\n')[1] ?? '';
      const hostKey = readFileSync(knownHosts, 'utf8').split(/\s+/)[2] ?? '';
      const userKey = readFileSync(join(keys, 'user_key.pub'), 'utf8').split(/\s+/)[1] ?? '';
      expectNone(archive, [inner(join(keys, 'user_key')), hostKey, userKey, agent.socket]);
    });

    it('needs to know the host', async () => {
      await using agent = await startSshAgent(join(SSHD!.folder, 'user_key'));
      const options = ['--ssh', `default=${agent.socket}`, '--no-cache'];
      const { exitCode, output } = await build('stranger', ours(), { options });
      expect(exitCode, output).toBe(5);
      expect(output).toContain('Host key verification failed');
    });
  });

  it('is refused without BuildKit, before anything is fetched', async () => {
    const { exitCode, output } = await build('classic', requirements(PACKAGE.name), {
      options: ['--index-url', url(loginInUrl), '--builder', 'classic'],
    });
    expect([exitCode, output]).toEqual([2, expect.stringContaining('--builder buildkit')]);
    for (const form of formsOf(INDEX_LOGIN.password)) expect(output).not.toContain(form);
  });
});

/** Paths of everything that caisson's layers hold: the base is one layer. */
async function pathsAboveBase({ layerTars }: ImageArchive): Promise<readonly string[]> {
  const layers = await Promise.all(layerTars.slice(1).map(untar));
  return layers.flatMap((layer) => [...layer.keys()]);
}

/** PEM text of a certificate of its own. */
function selfSigned(folder: string): string {
  const [key, certificate] = [join(folder, 'ca.key'), join(folder, 'ca.crt')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=company',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      certificate,
    ],
    { stdio: 'ignore' },
  );
  return readFileSync(certificate, 'utf8');
}
