import { appendFileSync, cpSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { Account } from '../support/e2e/caisson.ts';
import { baseOptions, buildImage, containerIds, danglingImages, hasImage } from '../support/e2e/engine.ts';
import { fixtureIds, ROOT, testPart } from '../support/environment.ts';

const IRIS = `runs:/${fixtureIds().runId}/iris_model`;
const IMAGE = 'caisson-test/iris:1';

let account: Account;
let before: { containers: string[]; dangling: string[] };

const state = async (): Promise<typeof before> => ({
  containers: await containerIds(),
  dangling: await danglingImages(),
});

beforeAll(async () => {
  account = new Account();
  await buildImage(account, IRIS, '-t', IMAGE);
});
beforeEach(async () => {
  before = await state();
});
afterEach(async () => {
  expect(await state()).toEqual(before);
  expect(account.leftovers()).toEqual([]);
});
afterAll(() => {
  account.remove();
});

describe('building', () => {
  it('without an engine ends with 4 and names the endpoint', async () => {
    const { code, stderr } = await account.run(['build-image', IRIS, '-t', 'caisson-test/none:1'], {
      DOCKER_HOST: 'unix:///nowhere/docker.sock',
    });
    expect(stderr).toMatch(/^error: .*\/nowhere\/docker\.sock/ms);
    expect(code).toBe(4);
  });

  it('of a package that the index does not have ends with 5 and names it', async () => {
    cpSync(`${ROOT}/fixtures/models/mlflow3-iris-tensor`, join(account.work, 'unknown'), { recursive: true });
    appendFileSync(
      join(account.work, 'unknown/requirements.txt'),
      '\ncaisson-no-such-package-anywhere==1.0\n',
    );
    const args = ['build-image', './unknown', '-t', 'caisson-test/fails:1', ...baseOptions()];
    const { code, stdout, stderr } = await account.run(args);
    const report = stderr.slice(stderr.search(/^error: /m));
    expect(report).toContain('caisson-no-such-package-anywhere');
    expect(report).toContain('--as-of');
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(await hasImage('caisson-test/fails:1')).toBe(false);
  });

  it('with a failing RUN ends with 5 and shows the step, its command and its last lines', async () => {
    const hook = 'echo no more room >&2; exit 3';
    const args = ['build-image', IRIS, '-t', 'caisson-test/fails:2', ...baseOptions(), '--run', hook];
    const { code, stdout, stderr } = await account.run(args);
    const report = stderr.slice(stderr.search(/^error: /m));
    expect(report).toContain(hook);
    expect(report).toMatch(/^ +no more room$/m);
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(await hasImage('caisson-test/fails:2')).toBe(false);
  });

  it.each(['Not A Tag', 'repo/UPPER:1', 'name:tag:tag'])('with the tag %j ends with 2', async (tag) => {
    const { code, stderr } = await account.run(['build-image', IRIS, '-t', tag, ...baseOptions()]);
    expect(stderr).toContain(`'${tag}'`);
    expect(code).toBe(2);
  });
});

describe('pushing', () => {
  it('without the login that the registry wants ends with 6', async () => {
    const image = `${testPart('authRegistry')}/e2e/refused:1`;
    const { code, stdout, stderr } = await account.run([
      'build-image',
      IRIS,
      '-t',
      image,
      '--push',
      ...baseOptions(),
    ]);
    expect(stderr).toMatch(/^error: .*localhost:\d+/m);
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
  });

  it('an image that is not there ends with 4', async () => {
    const { code, stderr } = await account.run(['push', 'localhost:1/no/such:image']);
    expect(stderr).toContain('localhost:1/no/such:image');
    expect(code).toBe(4);
  });
});

describe('running', () => {
  it('on a port in use ends with 4 and says which', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(15021, '127.0.0.1', resolve));
    try {
      const { code, stderr } = await account.run(['run', IMAGE, '-p', '127.0.0.1:15021:5001']);
      expect(stderr).toMatch(/^error: .*15021/m);
      expect(code).toBe(4);
    } finally {
      await new Promise((resolve) => squatter.close(resolve));
    }
  });

  it('a container that dies while starting ends with 9, its last log lines and its exit code', async () => {
    const args = ['run', IMAGE, '-p', '127.0.0.1:15022:5001', '-e', 'MLFLOW_MODEL_URI=models:/another/1'];
    const { code, stdout, stderr } = await account.run(args);
    expect(stderr).toContain('--load-at-start');
    expect(stderr).toMatch(/exit(ed)?( with)?( exit)?( code)? 2/);
    expect({ code, stdout }).toEqual({ code: 9, stdout: '' });
  });

  it('--env-file is caisson’s own: Node neither reads the file nor complains about it', async () => {
    const file = join(account.work, 'node.env');
    appendFileSync(file, 'NODE_OPTIONS=--no-such-option-of-node\n');
    const { code, stderr } = await account.run([
      'run',
      IMAGE,
      '--env-file',
      file,
      '--env-file',
      'no-such-file',
    ]);
    expect(stderr).toMatch(/^error: 'no-such-file' cannot be read/m);
    expect(code).toBe(2);
  });

  it('an image that is neither in the engine nor in its registry ends with 4', async () => {
    const image = `${testPart('registry')}/no/such:image`;
    const { code, stderr } = await account.run(['run', image, '-p', '127.0.0.1:15023:5001']);
    expect(stderr).toContain(image);
    expect(code).toBe(4);
  });
});
