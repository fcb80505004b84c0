import { readImageFile } from '../../../src/actions/image-file.ts';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildByCli, type CliBuild, type Ran } from '../../support/cli-build.ts';
import { EngineProbe } from '../../support/engine-probe.ts';
import { startLocalServer, type LocalServer } from '../../support/local-server.ts';
import { modelFiles } from '../../support/model-files.ts';
import { createTestEngine, TEST_ENGINE } from '../../support/test-engine.ts';
import { suiteFolder, writeTree } from '../../support/test-folders.ts';
import { fillWheelFolder } from '../../support/wheel-folder.ts';

const missing = TEST_ENGINE.host === undefined || TEST_ENGINE.baseImage === undefined;

/** Asks for no MLflow, so that a build takes seconds. */
const NO_MLFLOW = 'mlflow-skinny==3.4.0 ; python_version < "3"\n';
const LOCK = 'requirements.lock';

/** Logged on that day, with these requirements. */
function model(requirements: string, day = '2021-02-01'): Readonly<Record<string, string>> {
  const files = modelFiles({ 'requirements.txt': requirements + NO_MLFLOW });
  return { ...files, MLmodel: `${files['MLmodel'] ?? ''}utc_time_created: '${day} 12:00:00.000000'\n` };
}

describe.skipIf(missing)(missing ? 'locks (skipped: no engine)' : 'locks', () => {
  const run = randomBytes(4).toString('hex');
  const suite = suiteFolder();
  let probe: EngineProbe;

  beforeAll(async () => {
    probe = await EngineProbe.open();
  });

  afterAll(async () => {
    await probe.removeImages(new RegExp(`^caisson-test/lock:${run}-`));
  });

  const tagOf = (name: string): string => `caisson-test/lock:${run}-${name}`;

  const build = (name: string, options: readonly string[], more: Partial<CliBuild> = {}): Promise<Ran> =>
    buildByCli({
      ...{ folder: suite.path, model: `./${name}`, tag: tagOf(name) },
      options: ['--full-mlflow', ...options],
      ...more,
    });

  /** The lines of the lock in an image that name a version. */
  const versionsIn = async (image: string): Promise<readonly string[]> =>
    ((await lockIn(image)) ?? '').split('\n').flatMap((line) => /^\S+==\S+/.exec(line)?.[0] ?? []);

  const lockIn = (image: string): Promise<string | undefined> =>
    readImageFile(createTestEngine(), image, {
      path: '/opt/caisson/requirements.lock',
      maxBytes: 1_000_000,
    });

  it('are written, used again without resolving, and refused for other requirements', async () => {
    writeTree(join(suite.path, 'used'), model('six<1.16\n'));
    const first = await build('used', ['--lock', LOCK]);
    expect(first, first.stderr).toMatchObject({ exitCode: 0 });
    expect(first.stderr).toContain('resolving the requirements');
    const written = readFileSync(join(suite.path, LOCK), 'utf8');
    expect(written).toContain('six==1.15.0');
    expect(await lockIn(tagOf('used'))).toBe(written.replace(/ on linux\/\w+:/, ':'));

    // what resolving would not give
    const older = written
      .replace('1.15.0', '1.14.0')
      .replace(/--hash=\S+/g, (hash, at: number) =>
        at === written.indexOf(hash) ? `--hash=sha256:${SIX_1_14}` : hash,
      );
    writeFileSync(join(suite.path, LOCK), older);
    const again = await build('used', ['--lock', LOCK], { cache: 'empty', tag: tagOf('again') });
    expect(again, again.stderr).toMatchObject({ exitCode: 0 });
    expect(again.stderr).not.toContain('resolving');
    expect(await versionsIn(tagOf('again'))).toEqual(['six==1.14.0']);
    expect(readFileSync(join(suite.path, LOCK), 'utf8')).toBe(older);

    const stale = await build('used', ['--lock', LOCK, '-r', 'idna']);
    expect(stale.exitCode).toBe(2);
    expect(stale.stderr).toContain('the lock does not fit');
  }, 300_000);

  it('hold the versions of a day, or of the day on which the model was logged', async () => {
    writeTree(join(suite.path, 'day'), model('six\n'));
    const day = await build('day', ['--as-of', '2020-01-01']);
    expect(day, day.stderr).toMatchObject({ exitCode: 0 });
    expect(await versionsIn(tagOf('day'))).toEqual(['six==1.13.0']);
    const training = await build('day', ['--as-of', 'training']);
    expect(training, training.stderr).toMatchObject({ exitCode: 0 });
    expect(await versionsIn(tagOf('day'))).toEqual(['six==1.15.0']);
  }, 300_000);

  it('cannot be made for a day before there was anything, and say so', async () => {
    writeTree(join(suite.path, 'early'), model('six\n'));
    const early = await build('early', ['--as-of', '2001-01-01']);
    expect(early.exitCode).toBe(5);
    expect(early.stderr).toContain('no set of versions satisfies the requirements of the model');
    expect(early.stderr).toContain('packages that were uploaded later are not seen; try a later day');
  }, 300_000);

  it.each(['buildkit', 'classic'])(
    'name what has no wheel (%s)',
    async (builder) => {
      writeTree(join(suite.path, 'source'), model('docopt==0.6.2\nsix==1.16.0\ntermcolor==1.1.0\n'));
      const lock = `source-${builder}.lock`;
      const built = await build('source', ['--lock', lock, '--builder', builder]);
      expect(built, built.stderr).toMatchObject({ exitCode: 0 });
      expect(built.stderr).toContain('of docopt==0.6.2, termcolor==1.1.0: built from source');
      expect(readFileSync(join(suite.path, lock), 'utf8')).toContain(
        '# Without a wheel: docopt==0.6.2 termcolor==1.1.0\n',
      );
      expect(await versionsIn(tagOf('source'))).toEqual(['docopt==0.6.2', 'six==1.16.0', 'termcolor==1.1.0']);
    },
    300_000,
  );

  it('look for wheels at the index that the model itself names', async () => {
    const source = await sourceArchive('caisson-only-source', '1.0');
    const index = await startLocalServer((request, response) => {
      const path = request.url ?? '';
      if (path.endsWith('.tar.gz')) response.writeHead(200).end(source);
      else if (path === '/simple/caisson-only-source/')
        response
          .writeHead(200, { 'Content-Type': 'text/html' })
          .end('<a href="/files/caisson_only_source-1.0.tar.gz">caisson_only_source-1.0.tar.gz</a>');
      else response.writeHead(404).end();
    });
    try {
      const requirements = `--extra-index-url ${index.url}/simple/\ncaisson-only-source==1.0\nsix==1.16.0\n`;
      writeTree(join(suite.path, 'second-index'), model(requirements));
      const lock = 'second-index.lock';
      const built = await build('second-index', ['--network', 'host', '--lock', lock]);
      expect(built, built.stderr).toMatchObject({ exitCode: 0 });
      expect(built.stderr).toContain('caisson-only-source==1.0: built from source');
      expect(readFileSync(join(suite.path, lock), 'utf8')).toContain(
        '# Without a wheel: caisson-only-source==1.0\n',
      );
    } finally {
      await index.close();
    }
  }, 300_000);

  it('cannot be made of what does not exist, and say that the past may help', async () => {
    writeTree(join(suite.path, 'never'), model('six==99.0\n'));
    const never = await build('never', []);
    expect(never.exitCode).toBe(5);
    expect(never.stderr).toContain('six==99.0');
    expect(never.stderr).toContain('--as-of training');
  }, 300_000);

  describe('with a folder of wheels', () => {
    let files: Readonly<Record<string, Buffer>>;
    let index: LocalServer;

    beforeAll(async () => {
      files = await fillWheelFolder(join(suite.path, 'wheels'), ['six==1.16.0']);
      index = await startLocalServer((request, response) => {
        const [, , project = ''] = (request.url ?? '').split('/');
        const file = files[project];
        if (file !== undefined) response.writeHead(200).end(file);
        else
          response.writeHead(200, { 'Content-Type': 'text/html' }).end(
            Object.keys(files)
              .filter((name) => name.startsWith(`${project.replaceAll('-', '_')}-`))
              .map((name) => `<a href="/files/${name}">${name}</a>`)
              .join('\n'),
          );
      });
    }, 120_000);

    afterAll(async () => {
      await index.close();
    });

    it('served without upload times, know no past', async () => {
      writeTree(join(suite.path, 'timeless'), model('six\n'));
      const options = ['--index-url', `${index.url}/simple/`, '--network', 'host'];
      const timeless = await build('timeless', [...options, '--as-of', '2022-01-01']);
      expect(timeless.exitCode, timeless.stderr).toBe(5);
      expect(timeless.stderr).toContain('does not tell when packages were uploaded');
    }, 300_000);

    it.each(['buildkit', 'classic'])(
      'are made offline, and installed from it (%s)',
      async (builder) => {
        const name = `offline-${builder}`;
        writeTree(join(suite.path, name), model('six\n'));
        const options = ['--offline', '--find-links', 'wheels', '--builder', builder, '--no-cache'];
        const offline = await build(name, options);
        expect(offline, offline.stderr).toMatchObject({ exitCode: 0 });
        expect(await versionsIn(tagOf(name))).toEqual(['six==1.16.0']);
      },
      300_000,
    );

    it('name what a package needs in turn and the folder lacks', async () => {
      const wheels = 'more-wheels';
      await fillWheelFolder(join(suite.path, wheels), ['requests==2.32.3'], ['--no-deps']);
      writeTree(join(suite.path, 'lacking'), model('requests\n'));
      const lacking = await build('lacking', ['--offline', '--find-links', wheels]);
      expect(lacking.exitCode).toBe(5);
      expect(lacking.stderr).toMatch(/the folder of --find-links lacks [a-z0-9-]+, for the Python/);
    }, 300_000);
  });
});

/** A source distribution with one module, as an index holds it. */
async function sourceArchive(project: string, version: string): Promise<Buffer> {
  const module = project.replaceAll('-', '_');
  const tar = pack();
  const files = {
    'PKG-INFO': `Metadata-Version: 2.1\nName: ${project}\nVersion: ${version}\n`,
    'setup.py': `from setuptools import setup\nsetup(name="${project}", version="${version}", py_modules=["${module}"])\n`,
    [`${module}.py`]: 'ANSWER = 42\n',
  };
  for (const [name, text] of Object.entries(files)) tar.entry({ name: `${module}-${version}/${name}` }, text);
  tar.finalize();
  return gzipSync(Buffer.concat((await Readable.from(tar as AsyncIterable<Buffer>).toArray()) as Buffer[]));
}

/** Of six-1.14.0-py2.py3-none-any.whl on the Python package index. */
const SIX_1_14 = '8f3cd2e254d8f793e7f3d6d9df77b92252b52637291d0f0da013c76ea2724b6c';
