import { createHash, randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { extract } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.ts';
import { buildByCli } from '../../support/cli-build.ts';
import { EngineProbe } from '../../support/engine-probe.ts';
import { ROOT } from '../../support/environment.ts';
import { modelFiles } from '../../support/model-files.ts';
import { TEST_ENGINE } from '../../support/test-engine.ts';
import { suiteFolder, writeTree } from '../../support/test-folders.ts';
import { recordedStream, textSink } from '../../support/text-sink.ts';
import { wheelOf } from '../../support/wheel.ts';

const missing = TEST_ENGINE.host === undefined || TEST_ENGINE.baseImage === undefined;
const IRIS = join(ROOT, 'fixtures/models/mlflow3-iris-columns');

/** What is caisson's in an image: everything below. */
const OWN = 'opt/';

/** Where builds keep wheels and bytecode. */
const CACHE_MOUNT = { name: 'caisson-uv', at: '/mnt/cache' };

/** Path to type, mode, owner, target of a link and digest of the content. */
type Contents = Readonly<Record<string, string>>;

async function contentsOf({ api }: EngineProbe, image: string): Promise<Contents> {
  const body = { Image: image, Cmd: ['true'] };
  const { Id } = (await api.json({ method: 'POST', path: '/containers/create', body })) as {
    readonly Id: string;
  };
  const contents: Record<string, string> = {};
  try {
    const tar = extract();
    (await api.stream({ method: 'GET', path: `/containers/${Id}/export` })).pipe(tar);
    for await (const entry of tar) {
      const { name, type, mode, uid, gid, linkname } = entry.header;
      const hash = createHash('sha256');
      for await (const chunk of entry as AsyncIterable<Buffer>) hash.update(chunk);
      if (!name.startsWith(OWN)) continue;
      contents[name] = [type, mode.toString(8), uid, gid, linkname, hash.digest('hex')].join(' ');
    }
  } finally {
    await api.json({ method: 'DELETE', path: `/containers/${Id}`, query: { force: 1 } });
  }
  return contents;
}

/** Paths, modes and contents, in the order of the paths. */
function folderDigest(folder: string): string {
  const hash = createHash('sha256');
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  for (const path of paths) {
    const found = statSync(join(folder, path));
    hash.update(JSON.stringify([path, found.mode]));
    if (found.isFile()) hash.update(readFileSync(join(folder, path)));
  }
  return hash.digest('hex');
}

describe.skipIf(missing)(missing ? 'images built again (skipped: no engine)' : 'images built again', () => {
  const run = randomBytes(4).toString('hex');
  const suite = suiteFolder();
  let probe: EngineProbe;

  beforeAll(async () => {
    probe = await EngineProbe.open();
  });

  afterAll(async () => {
    await probe.removeImages(new RegExp(`^caisson-test/again:${run}-`));
  });

  const contexts: string[] = [];

  /** Of what is sent to the engine: `generate` writes the very same. */
  async function contextOf(name: string): Promise<string> {
    const output = join(suite.path, name, 'context');
    const stderr = recordedStream();
    const exitCode = await runCli({
      argv: ['generate', './iris', '-o', output],
      environment: { HOME: suite.path },
      workingFolder: join(suite.path, name),
      version: '0.1.0',
      stdout: textSink(),
      stderr,
      signal: new AbortController().signal,
    });
    expect(exitCode, stderr.text()).toBe(0);
    return folderDigest(output);
  }

  async function contents(name: string, options: readonly string[], model = IRIS): Promise<Contents> {
    // a copy: other times, and the modes of another umask
    cpSync(model, join(suite.path, name, 'iris'), { recursive: true });
    contexts.push(await contextOf(name));
    const tag = `caisson-test/again:${run}-${name}`;
    const ran = await buildByCli({
      ...{ folder: join(suite.path, name), model: './iris', tag },
      options: ['--no-cache', '--lock', join(suite.path, `${basename(model)}.lock`), ...options],
    });
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
    return contentsOf(probe, tag);
  }

  it('hold the same files, whoever builds them from empty caches, from the same model, lock and base', async () => {
    await probe.emptyCacheMounts(CACHE_MOUNT);
    const first = await contents('first', []);
    expect(Object.keys(first)).toEqual(
      expect.arrayContaining([
        'opt/caisson/requirements.lock',
        'opt/ml/model/MLmodel',
        'opt/venv/bin/python',
      ]),
    );
    expect(Object.keys(first).some((path) => /^opt\/venv\/.*\.pyc$/.test(path))).toBe(true);
    // else the second one takes the bytecode of the first
    expect(await probe.cacheMounts(CACHE_MOUNT)).not.toEqual([]);
    await probe.emptyCacheMounts(CACHE_MOUNT);
    expect(await contents('second', [])).toEqual(first);
    expect(contexts[1]).toBe(contexts[0]);
    const classic = await contents('classic', ['--builder', 'classic']);
    // which records the builder
    const record = { 'opt/caisson/image.json': expect.any(String) as string };
    expect(classic).toEqual({ ...first, ...record });
  }, 900_000);

  it('hold the same files also when the model brings a wheel', async () => {
    const model = join(suite.path, 'own');
    const wheel = 'wheels/own_wheel-1.0-py3-none-any.whl';
    writeTree(model, modelFiles({ 'requirements.txt': `${wheel}\nsix==1.16.0\n` }));
    mkdirSync(join(model, 'wheels'), { recursive: true });
    writeFileSync(join(model, wheel), wheelOf('own_wheel', '1.0', 'ANSWER = 41\n'));
    const first = await contents('wheel-first', [], model);
    expect(Object.keys(first).filter((path) => path.includes('own_wheel-1.0.dist-info/'))).not.toEqual([]);
    expect(await contents('wheel-second', [], model)).toEqual(first);
  }, 600_000);
});
