import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRequirements } from '../../../src/model/requirement.ts';
import type { Builder } from '../../../src/plan/image-plan.ts';
import { EngineProbe } from '../../support/engine-probe.ts';
import { type LocalServer, startLocalServer } from '../../support/local-server.ts';
import { buildModelImage, pythonIn } from '../../support/model-image.ts';
import { modelFiles } from '../../support/model-files.ts';
import { TEST_ENGINE } from '../../support/test-engine.ts';
import { suiteFolder, writeTree } from '../../support/test-folders.ts';
import { wheelOf } from '../../support/wheel.ts';

const missing = TEST_ENGINE.host === undefined || TEST_ENGINE.baseImage === undefined;

const WHEEL = 'wheels/own_wheel-1.0-py3-none-any.whl';
/** A package as `code_paths` brings it. */
const PACKAGE: Readonly<Record<string, string>> = {
  'code/own/pyproject.toml':
    '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "own-path"\nversion = "2.0"\n[tool.setuptools]\npy-modules = ["own_path"]\n',
  'code/own/own_path.py': 'ANSWER = 42\n',
};
const NO_MLFLOW = 'mlflow-skinny==3.4.0 ; python_version < "3"\n';

const HOSTILE = `it's "$HOME" \${PATH} $(id) \`id\` \\ {{x}} # no comment é日本 \\`;
/** What a Dockerfile gives a meaning to: several lines, a heredoc, a backslash at the end of a line, and at the very end. */
const HOOKS = [
  'python -c "import own_wheel, own_path, iniconfig"',
  `cat > /opt/note <<'EOF'\n${HOSTILE}\nRUN false\nEOF\nid -u >> /opt/note`,
  'printf "%s" "$NLTK_DATA" > /opt/data # \\',
];

describe.skipIf(missing)(missing ? 'environments (skipped: no engine)' : 'environments', () => {
  const run = randomBytes(4).toString('hex');
  const built = new Set<string>();
  const suite = suiteFolder();
  let probe: EngineProbe;

  beforeAll(async () => {
    probe = await EngineProbe.open();
  });

  afterAll(async () => {
    for (const id of built) await probe.removeImage(id);
  });

  async function build(
    name: string,
    files: Readonly<Record<string, string>>,
    request: Parameters<typeof buildModelImage>[0]['request'],
  ): Promise<string> {
    const folder = join(suite.path, name);
    writeTree(folder, files);
    // the one file that is no text
    if (files[WHEEL] !== undefined)
      writeFileSync(join(folder, WHEEL), wheelOf('own_wheel', '1.0', 'ANSWER = 41\n'));
    const tag = `caisson-test/environment:${run}-${name}`;
    const id = await buildModelImage({ folder, files, request, tag });
    built.add(id);
    return id;
  }

  it.each<Builder>(['buildkit', 'classic'])(
    'has what was asked for (%s)',
    async (builder) => {
      const files = modelFiles({
        'requirements.txt': `./${WHEEL}\n./code/own\niniconfig==1.1.1\n${NO_MLFLOW}`,
        [WHEEL]: '',
        ...PACKAGE,
      });
      const image = await build(builder, files, {
        builder,
        env: { NLTK_DATA: '/opt/nltk data' },
        environment: {
          requirements: parseRequirements('iniconfig>=2'),
          constraints: parseRequirements('iniconfig<2.1'),
          systemPackages: ['libgomp1'],
          hooks: HOOKS,
        },
      });
      const check = `
import ctypes, importlib.metadata as m, os, own_path, own_wheel
assert (own_wheel.ANSWER, own_path.ANSWER) == (41, 42)
assert m.version("iniconfig").startswith("2.0"), m.version("iniconfig")
ctypes.CDLL("libgomp.so.1")
note = open("/opt/note", encoding="utf-8").read()
assert note == ${JSON.stringify(`${HOSTILE}\nRUN false\n0\n`)}, note
assert open("/opt/data").read() == "/opt/nltk data"
assert os.listdir("/mnt") == [], os.listdir("/mnt")
assert os.getuid() == 10001
`;
      expect(await pythonIn(probe, image, check)).toEqual({ exitCode: 0, log: '' });
    },
    300_000,
  );

  it('ends the build when a line of a hook fails', async () => {
    const files = modelFiles({ 'requirements.txt': NO_MLFLOW });
    const request = { environment: { hooks: ['false\ntrue'] } };
    await expect(build('failing', files, request)).rejects.toMatchObject({ code: 'BUILD_FAILED' });
  }, 300_000);

  describe('requirements from elsewhere', () => {
    let server: LocalServer;

    beforeAll(async () => {
      const served = join(suite.path, 'served');
      mkdirSync(served, { recursive: true });
      const git = (...words: string[]) => execFileSync('git', words, { cwd: join(served, 'work') });
      writeTree(join(served, 'work'), {
        'pyproject.toml': PACKAGE['code/own/pyproject.toml'] ?? '',
        'own_path.py': PACKAGE['code/own/own_path.py'] ?? '',
      });
      git('init', '--quiet');
      git('add', '.');
      git('-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '--quiet', '-m', 'x');
      git('clone', '--quiet', '--bare', '.', '../own.git');
      execFileSync('git', ['update-server-info'], { cwd: join(served, 'own.git') });
      writeFileSync(
        join(served, 'own_wheel-1.0-py3-none-any.whl'),
        wheelOf('own_wheel', '1.0', 'ANSWER = 41\n'),
      );
      server = await startLocalServer((request, response) => {
        const path = new URL(request.url ?? '/', 'http://x').pathname;
        createReadStream(join(served, path))
          .on('error', () => response.writeHead(404).end())
          .pipe(response);
      });
    });

    afterAll(async () => {
      await server.close();
    });

    it('a Git repository and a URL', async () => {
      const files = modelFiles({
        'requirements.txt': `own-path @ git+${server.url}/own.git\nown-wheel @ ${server.url}/own_wheel-1.0-py3-none-any.whl\n${NO_MLFLOW}`,
      });
      const image = await build('vcs', files, {});
      const check = `
import own_path, own_wheel, shutil
assert (own_wheel.ANSWER, own_path.ANSWER) == (41, 42)
assert shutil.which("git") is None, "git is for the installation alone"
`;
      expect(await pythonIn(probe, image, check)).toEqual({ exitCode: 0, log: '' });
    }, 300_000);
  });
});
