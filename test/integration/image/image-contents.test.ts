import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { extract } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/port.ts';
import { renderContext } from '../../../src/image/render-context.ts';
import type { ReadyTemplates } from '../../../src/image/ready-templates.ts';
import { parseImageReference } from '../../../src/model/image-reference.ts';
import { handlerDigest } from '../../../src/plan/handler-digest.ts';
import { planImage, type Builder, type ImagePlan } from '../../../src/plan/image-plan.ts';
import { checkoutTemplates } from '../../support/templates.ts';
import { testCa } from '../../support/environment.ts';
import { EngineProbe } from '../../support/engine-probe.ts';
import { modelFiles } from '../../support/model-files.ts';
import { imageRequest, resolvedFrom } from '../../support/planned-images.ts';
import { RecordingStep } from '../../support/recording-step.ts';
import { createTestEngine, TEST_ENGINE } from '../../support/test-engine.ts';

const missing = TEST_ENGINE.host === undefined || TEST_ENGINE.baseImage === undefined;

/** Every way in which a requirement can come: an index, the model itself, bound by constraints. Small, so that the builds are short. */
const FILES = modelFiles({
  'python_env.yaml': 'python: 3.11\ndependencies: ["-r requirements.txt"]\n',
  'requirements.txt':
    '-c constraints.txt\nsix\n./code/own # in the model\npackaging --global-option=x\nmlflow-skinny==3.4.0 ; python_version < "3"\n',
  'constraints.txt': 'six==1.16.0\n',
  'code/own/pyproject.toml':
    '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "own"\nversion = "1.2.3"\n',
  'code/own/own.py': 'ANSWER = 42\n',
  'odd names/.dockerignore': '*',
  'odd names/ü $x `y` "z"': 'odd',
  '!important': 'odd',
});
/** The lines of templates/runtime/requirements.txt for this Python and machine. */
const SERVER_PACKAGES = ['h11', 'httptools', 'orjson', 'packaging', 'uvloop', 'yaml'];
const HOSTILE = `it's $HOME \${PATH} $(id) \`id\` \\ \\" "q" {{x}} # not a comment \t é日本 %s \\`;

const HANDLER = `# ${HOSTILE}\r\ndef post(predictions):\n    return predictions`;

/** What differs from the first image. */
interface Change {
  readonly files?: Readonly<Record<string, string>>;
  readonly handler?: string;
}

interface Built {
  readonly id: string;
  readonly plan: ImagePlan;
  readonly step: RecordingStep;
}

interface Inspected {
  readonly Config: {
    readonly Env: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
    readonly User: string;
    readonly Entrypoint: readonly string[];
    readonly Cmd: unknown;
  };
  readonly RootFS: { readonly Layers: readonly string[] };
}

describe.skipIf(missing)(missing ? 'built images (skipped: no engine)' : 'built images', () => {
  const run = randomBytes(4).toString('hex');
  const built = new Set<string>();
  let folder: string;
  let engine: Engine;
  let probe: EngineProbe;
  // once: what somebody edits meanwhile must not look like a layer that was built anew
  let templates: ReadyTemplates;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'caisson-image-'));
    engine = createTestEngine();
    probe = await EngineProbe.open();
    templates = await checkoutTemplates();
    for (const [path, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  });

  afterAll(async () => {
    for (const id of built) await probe.removeImage(id);
    rmSync(folder, { recursive: true });
  });

  async function build(builder: Builder, change: Change = {}): Promise<Built> {
    const files = { ...FILES, ...change.files };
    const { handler = HANDLER } = change;
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
    const model = resolvedFrom(files, { origin: { uri: 'models:/iris/3' }, folder: folder });
    const ca = testCa();
    const request = imageRequest({
      builder,
      baseImage: TEST_ENGINE.baseImage ?? '',
      labels: { hostile: HOSTILE, run },
      env: { HOSTILE, EMPTY: '' },
      buildArgNames: ['SOME_ARG'],
      certificateAuthority: ca === undefined ? 'none' : 'in-context',
      handlerSha256: handlerDigest(handler),
    });
    const plan = planImage(model, request);
    const authority = ca === undefined ? {} : { certificateAuthority: readFileSync(ca, 'utf8') };
    const context = renderContext({ plan, model, templates, handler, ...authority });
    const step = new RecordingStep();
    const tag = parseImageReference(`caisson-test/contents:${run}-${builder}`);
    const { imageId } = await engine.build(
      {
        builder,
        context,
        tags: [tag],
        buildArgs: { SOME_ARG: 'x' },
        labels: {},
        // some engines of tests have no bridge
        networkMode: 'host',
        cache: 'use',
        credentials: {},
      },
      { step, signal: new AbortController().signal },
    );
    built.add(imageId);
    return { id: imageId, plan, step };
  }

  const inspect = async (id: string): Promise<Inspected> =>
    (await probe.api.json({ method: 'GET', path: `/images/${id}/json` })) as Inspected;

  async function withContainer<T>(config: object, use: (id: string) => Promise<T>): Promise<T> {
    const created = (await probe.api.json({ method: 'POST', path: '/containers/create', body: config })) as {
      Id: string;
    };
    try {
      return await use(created.Id);
    } finally {
      await probe.api.json({ method: 'DELETE', path: `/containers/${created.Id}`, query: { force: 1 } });
    }
  }

  const filesOf = (image: string): Promise<ReadonlyMap<string, number>> =>
    withContainer({ Image: image, Cmd: ['true'] }, async (id) => {
      const names = new Map<string, number>();
      const tar = extract();
      (await probe.api.stream({ method: 'GET', path: `/containers/${id}/export` })).pipe(tar);
      for await (const entry of tar) {
        names.set(entry.header.name, entry.header.mode);
        entry.resume();
      }
      return names;
    });

  /** Runs Python in the hardest way that the image promises to stand, and gives its exit code. */
  const python = (image: string, code: string): Promise<number> =>
    withContainer(
      {
        Image: image,
        Entrypoint: ['/opt/venv/bin/python', '-c', code],
        User: '4711:0',
        HostConfig: { ReadonlyRootfs: true, CapDrop: ['ALL'], NetworkMode: 'none' },
      },
      async (id) => {
        await probe.api.json({ method: 'POST', path: `/containers/${id}/start` });
        const ended = (await probe.api.json({ method: 'POST', path: `/containers/${id}/wait` })) as {
          StatusCode: number;
        };
        return ended.StatusCode;
      },
    );

  describe.each(['buildkit', 'classic'] as const)('%s', (builder) => {
    let first: Built;
    beforeAll(async () => {
      first = await build(builder);
    });

    it('carries labels and variables through the Dockerfile unchanged', async () => {
      const { Config } = await inspect(first.id);
      expect(Config.Labels).toEqual(Object.fromEntries(first.plan.labels));
      const env = Config.Env.filter((item) => !item.startsWith('PATH='));
      expect(env.sort()).toEqual(first.plan.env.map(([name, value]) => `${name}=${value}`).sort());
      expect(Config.Env.find((item) => item.startsWith('PATH='))).toMatch(/^PATH=\/opt\/venv\/bin:\//);
      expect(Config).toMatchObject({
        User: '10001:0',
        Entrypoint: ['/opt/venv/bin/python', '/opt/caisson/runtime/serve.py'],
        Cmd: null,
      });
    });

    it('holds model, server and packages, and nothing of the installation', async () => {
      const base = await filesOf(TEST_ENGINE.baseImage ?? '');
      const files = [...(await filesOf(first.id))].filter(([name]) => !base.has(name));
      const names = files.map(([name]) => name);
      const outside = names.filter((name) => !/^opt\/(venv|caisson|ml)\//.test(name));
      expect(
        outside.filter(
          (name) => !/^(\.dockerenv|dev\/|etc\/(hosts|hostname|resolv\.conf|mtab)|proc\/|sys\/)/.test(name),
        ),
      ).toEqual([]);
      expect(
        names.filter((name) => /(^|\/)uvx?$|ca\.crt|\.cache|\/\.lock$|CACHEDIR|\/tmp/.test(name)),
      ).toEqual([]);
      for (const path of Object.keys(FILES)) expect(names).toContain(`opt/ml/model/${path}`);
      expect(names).toEqual(
        expect.arrayContaining([
          'opt/caisson/handler.py',
          'opt/caisson/image.json',
          'opt/caisson/runtime/serve.py',
        ]),
      );
      for (const name of SERVER_PACKAGES) expect(names).toContain(`opt/caisson/lib/${name}/__init__.py`);
      expect(names.some((name) => /^opt\/caisson\/lib\/h11\/__pycache__\/.*\.pyc$/.test(name))).toBe(true);
      expect(new Map(files).get('opt/caisson/handler.py')! & 0o777).toBe(0o644);
      const model = files.filter(([name]) => name.startsWith('opt/ml/model/') && !name.endsWith('/'));
      expect(model.every(([, mode]) => (mode & 0o777) === 0o644)).toBe(true);
    });

    it('runs as any user, with a read-only root and no capabilities', async () => {
      const check = `
import os, sys, importlib.metadata as m, own, packaging
assert own.ANSWER == 42 and m.version("own") == "1.2.3" and m.version("six") == "1.16.0"
assert os.getuid() == 4711 and os.environ["HOSTILE"] == ${JSON.stringify(HOSTILE)} and os.environ["EMPTY"] == ""
sys.path.append("/opt/caisson/lib")
import h11, httptools, orjson, uvloop, yaml
assert all(module.__file__.startswith("/opt/caisson/lib/") for module in (h11, httptools, orjson, uvloop, yaml))
assert packaging.__file__.startswith("/opt/venv/"), "the model's own version wins"
handler = open("/opt/caisson/handler.py", "rb").read()
assert handler == ${JSON.stringify(HANDLER)}.encode(), handler
assert open("/opt/ml/model/MLmodel").read() and open("/opt/caisson/image.json").read()
try:
    import pip
except ImportError:
    pass
else:
    assert not pip.__file__.startswith("/opt")
`;
      expect(await python(first.id, check)).toBe(0);
      expect(await python(first.id, 'raise SystemExit(3)')).toBe(3);
    });

    it('is the same image when nothing changed', async () => {
      const again = await build(builder);
      expect((await inspect(again.id)).RootFS.Layers).toEqual((await inspect(first.id)).RootFS.Layers);
    });

    it.each([
      // the last three are model, handler and image.json
      ['before the model when a byte of the model', { files: { 'model.pkl': 'not really a pickle!' } }, -3],
      ['up to the model when a byte of the handler', { handler: `${HANDLER} ` }, -2],
    ] as const)('keeps every layer %s changed', async (_, change, kept) => {
      const changed = await build(builder, change);
      const [before, after] = [await inspect(first.id), await inspect(changed.id)];
      expect(after.RootFS.Layers).toHaveLength(before.RootFS.Layers.length);
      expect(after.RootFS.Layers.slice(0, kept)).toEqual(before.RootFS.Layers.slice(0, kept));
      expect(after.RootFS.Layers.at(kept)).not.toBe(before.RootFS.Layers.at(kept));
    });
  });
});
