import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Account } from '../support/e2e/caisson.ts';
import {
  baseOptions,
  buildImage,
  containerIds,
  curl,
  danglingImages,
  FLOWER,
  testEngine,
} from '../support/e2e/engine.ts';
import { recordingEngine, type RecordingEngine } from '../support/e2e/recording-engine.ts';
import { fixtureIds, REGISTRY_LOGIN, ROOT, testPart } from '../support/environment.ts';

const IRIS = `runs:/${fixtureIds().runId}/iris_model`;

let account: Account;
let engine: RecordingEngine;

beforeAll(async () => {
  account = new Account();
  engine = await recordingEngine();
});

afterAll(async () => {
  await engine.close();
  account.remove();
});

/** Files below a folder: path with slashes → bytes. */
function filesOf(folder: string): Map<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path.slice(folder.length + 1), readFileSync(path)];
      }),
  );
}

describe('the installed package', () => {
  it('answers npx caisson --version with the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as { version: string };
    // npx may add notices of its own on stderr
    expect(await account.npx(['--version'])).toMatchObject({
      code: 0,
      stdout: `${version}
`,
    });
  });

  it('brings templates and licence', async () => {
    const { stdout } = await account.npx(['--help']);
    for (const command of ['generate', 'build-image', 'push', 'run']) expect(stdout).toContain(command);
    const bundled = join(inject('installFolder'), 'node_modules/caisson/dist/bundle');
    expect(readFileSync(join(bundled, 'THIRD-PARTY-LICENSES.txt'), 'utf8')).toContain('handlebars 4');
  });
});

describe('generate and build-image', () => {
  it('write and send the same bytes', async () => {
    const options = [
      ...baseOptions(),
      ...['--label', 'team=flowers', '--env', 'GREETING=hello "you"', '--build-arg', 'COLOUR=blue'],
      ...['--lock', 'iris.lock'],
    ];
    const built = await account.run(['build-image', IRIS, '-t', 'caisson-test/same:1', ...options], {
      DOCKER_HOST: engine.dockerHost,
    });
    expect(built.stderr).not.toMatch(/^error:/m);
    expect(built).toMatchObject({ code: 0, stdout: 'caisson-test/same:1\n' });
    const generated = await account.run(['generate', IRIS, '-o', 'context', ...options]);
    expect(generated.stderr).not.toMatch(/^error:/m);
    expect(generated.code).toBe(0);

    const sent = await engine.lastContext();
    const written = filesOf(join(account.work, 'context'));
    expect([...sent.keys()].sort()).toEqual([...written.keys()].sort());
    for (const [name, bytes] of written) expect(sent.get(name)?.equals(bytes), name).toBe(true);
    expect([...written.keys()]).toEqual(
      expect.arrayContaining([
        'Dockerfile',
        'requirements.lock',
        '.dockerignore',
        'image.json',
        'model/MLmodel',
      ]),
    );
  });

  it('refuses a folder that is not empty, and replaces it with --force', async () => {
    const folder = join(account.work, 'full');
    mkdirSync(folder);
    writeFileSync(join(folder, 'mine.txt'), 'keep me');
    const refused = await account.run(['generate', IRIS, '-o', 'full']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--force');
    expect(readdirSync(folder)).toEqual(['mine.txt']);
    expect((await account.run(['generate', IRIS, '-o', 'full', '--force'])).code).toBe(0);
    expect(existsSync(join(folder, 'Dockerfile'))).toBe(true);
    expect(existsSync(join(folder, 'mine.txt'))).toBe(false);
  });
});

describe('build-image, push, run', () => {
  it('serve the iris model of the fixture store from a registry', async () => {
    const before = await containerIds();
    const dangling = await danglingImages();
    const image = `${testPart('registry')}/e2e/iris:1`;
    const second = `${testPart('registry')}/e2e/iris:latest`;
    const tags = ['-t', image, '-t', second, '--label', 'team=flowers'];
    expect(await buildImage(account, IRIS, ...tags)).toBe(`${image}\n${second}\n`);
    const { Config } = await testEngine().getImage(image).inspect();
    expect(Config.Labels).toMatchObject({ team: 'flowers', 'io.caisson.run.id': fixtureIds().runId });
    expect(Config.User).toBe('10001:0');

    const pushed = await account.run(['push', image]);
    expect(pushed.code).toBe(0);
    expect(pushed.stdout).toMatch(/^localhost:\d+\/e2e\/iris:1@sha256:[0-9a-f]{64}\n$/);

    const again = await buildImage(account, IRIS, ...tags, '--push');
    const [digest] = /@sha256:.*/.exec(pushed.stdout) ?? [];
    expect(again, 'a build with nothing changed is the same image').toBe(
      `${image}${digest}\n${second}${digest}\n`,
    );

    writeFileSync(join(account.work, 'settings.env'), '# a comment\nFROM_FILE=yes\n');
    const running = account.start([
      ...['run', image, '-p', '127.0.0.1:15001:5001', '-e', 'GREETING=hello'],
      ...['--env-file', 'settings.env', '-v', `${account.work}:/data:ro`, '--name', 'caisson-test-journey'],
    ]);
    await running.waitFor(/http:\/\/127\.0\.0\.1:15001/);
    expect(running.stdout()).toBe('http://127.0.0.1:15001\n');
    const container = await testEngine().getContainer('caisson-test-journey').inspect();
    expect(container.Config.Env).toEqual(expect.arrayContaining(['GREETING=hello', 'FROM_FILE=yes']));
    expect(container.HostConfig.Binds).toEqual([`${account.work}:/data:ro`]);

    for (const route of ['predict', 'invocations']) {
      const answer = await curl(`http://127.0.0.1:15001/${route}`, FLOWER);
      expect({ ...answer, body: JSON.parse(answer.body) as unknown }).toEqual({
        status: 200,
        body: { predictions: [0] },
      });
    }
    const curlLine = /curl .*127\.0\.0\.1:15001.*/.exec(running.stderr())?.[0];
    expect(curlLine, 'a curl line for this model').toBeDefined();

    running.process.kill('SIGINT');
    expect((await running.result).code).toBe(130);
    expect(await containerIds()).toEqual(before);
    expect(await danglingImages()).toEqual(dangling);
    expect(account.leftovers()).toEqual([]);
  });

  it('leaves a detached container running, and -d --rm removes it when it ends', async () => {
    await buildImage(account, IRIS, '-t', 'caisson-test/iris:1');
    const args = ['run', 'caisson-test/iris:1', '-d', '--rm', '-p', '127.0.0.1:15002:5001'];
    const started = await account.run([...args, '--name', 'caisson-test-detached']);
    expect(started).toMatchObject({ code: 0, stdout: 'http://127.0.0.1:15002\n' });
    expect((await curl('http://127.0.0.1:15002/predict', FLOWER)).status).toBe(200);
    const container = testEngine().getContainer('caisson-test-detached');
    const gone = container.wait({ condition: 'removed' });
    await container.stop();
    await gone;
    await expect(container.inspect()).rejects.toThrow(/no such container/i);
  });

  it('runs a model URI in one step, and --output json answers with one object', async () => {
    const before = await containerIds();
    const args = [
      'run',
      'models:/iris@champion',
      ...baseOptions(),
      '-p',
      '127.0.0.1:15003:5001',
      '--output',
      'json',
    ];
    const running = account.start(args);
    await running.waitFor(/"url"/);
    expect(JSON.parse(running.stdout())).toMatchObject({ url: 'http://127.0.0.1:15003' });
    running.process.kill('SIGTERM');
    expect((await running.result).code).toBe(143);
    expect(await containerIds()).toEqual(before);
  });

  it('pushes with the login of docker’s config.json to a registry that asks for one', async () => {
    const repository = `${testPart('authRegistry')}/e2e/base`;
    const { username, password } = REGISTRY_LOGIN;
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    const config = { auths: { [testPart('authRegistry')]: { auth } } };
    writeFileSync(join(account.home, '.docker/config.json'), JSON.stringify(config));
    await testEngine().getImage(testPart('baseImage')).tag({ repo: repository, tag: '1' });
    const { code, stdout, stderr } = await account.run(['push', `${repository}:1`, '--output', 'json']);
    expect(stderr).not.toContain(password);
    expect(code).toBe(0);
    expect(stdout).toMatch(/sha256:[0-9a-f]{64}/);
  });
});
