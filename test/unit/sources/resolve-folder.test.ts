import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createModelSources } from '../../../src/sources/index.ts';
import type { ModelSources } from '../../../src/sources/port.ts';
import { modelFiles } from '../../support/model-files.ts';
import { recordEvents } from '../../support/recorded-events.ts';
import { temporaryFolders, writeTree } from '../../support/test-folders.ts';

const makeFolder = temporaryFolders();
const never = new AbortController().signal;

function sourcesIn(workingFolder: string): ModelSources {
  return createModelSources({
    credentials: { kind: 'none' },
    workingFolder,
    cacheFolder: join(workingFolder, 'cache'),
  });
}

describe('parse', () => {
  it('takes an existing path before any scheme, as MLflow does', async () => {
    const folder = makeFolder();
    writeTree(folder, { 'models:/iris/1/MLmodel': '', 'run 1/MLmodel': '' });
    const sources = sourcesIn(folder);
    expect(await sources.parse('models:/iris/1')).toEqual({ kind: 'folder', path: 'models:/iris/1' });
    expect(await sources.parse('run 1')).toEqual({ kind: 'folder', path: 'run 1' });
    expect(await sources.parse('models:/iris/2')).toMatchObject({ kind: 'version', version: 2 });
    await expect(sources.parse('hdfs://host/x')).rejects.toMatchObject({ code: 'MODEL_SCHEME_UNSUPPORTED' });
    await expect(sources.parse('a\0b')).rejects.toMatchObject({ code: 'MODEL_URI_INVALID' });
  });
});

describe('a model in a folder', () => {
  it.each(['iris', './iris', '../FOLDER/iris', 'ABSOLUTE', 'file:ABSOLUTE', 'file://ABSOLUTE'])(
    'resolves %s',
    async (form) => {
      const folder = makeFolder();
      writeTree(join(folder, 'iris'), modelFiles({ 'conda.yaml': 'dependencies:\n- python=3.11.7\n' }));
      const text = form
        .replace('FOLDER', folder.split('/').at(-1)!)
        .replace('ABSOLUTE', join(folder, 'iris'));
      const sources = sourcesIn(folder);
      const { emit, events } = recordEvents();
      const { model, dispose } = await sources.resolve(await sources.parse(text), { emit, signal: never });
      expect(model.folder).toBe(join(folder, 'iris'));
      expect(model.origin).toEqual({ uri: 'iris' });
      expect(model.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(model.environment.requirements).toHaveLength(2);
      expect(events).toContainEqual({ type: 'step.end', step: 'read-model', outcome: 'done' });
      await dispose();
    },
  );

  it.each(['MLmodel', 'python_env.yaml'])('ends in one clear error where %s is a YAML bomb', async (name) => {
    const folder = makeFolder();
    const bomb = Array.from(
      { length: 30 },
      (_, i) => `a${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1}, *a${i - 1}`}]\n`,
    ).join('');
    const files = modelFiles();
    writeTree(folder, { ...files, [name]: `${files[name]!}${bomb}` });
    const resolved = sourcesIn(folder).resolve(
      { kind: 'folder', path: '.' },
      { emit: () => undefined, signal: never },
    );
    await expect(resolved).rejects.toMatchObject({
      code: 'MODEL_BROKEN',
      message: expect.stringContaining(`'${name}'`) as string,
    });
  });

  it('knows what MLmodel says of its run', async () => {
    const folder = makeFolder();
    const files = modelFiles();
    writeTree(folder, { ...files, MLmodel: `${files['MLmodel']!}run_id: abc\nmodel_id: m-1\n` });
    const sources = sourcesIn(folder);
    const { model } = await sources.resolve(
      { kind: 'folder', path: '.' },
      { ...recordEvents(), signal: never },
    );
    expect(model.origin).toMatchObject({ runId: 'abc', modelId: 'm-1' });
  });

  it.each([
    ['nope', {}, 'MODEL_NOT_FOUND', "the folder 'nope' does not exist"],
    ['m', { m: 'file' }, 'MODEL_BROKEN', "'m' is a file"],
    ['m', { 'm/x': '' }, 'MODEL_BROKEN', "the folder 'm' holds no 'MLmodel'"],
    ['m', { 'm/MLmodel': 'flavors: [' }, 'MODEL_BROKEN', 'is not YAML'],
    ['m', { 'm/MLmodel': 'flavors: {spark: {}}' }, 'MODEL_BROKEN', "only 'spark'"],
    ['m', { 'm/MLmodel/x': '' }, 'MODEL_BROKEN', "holds no 'MLmodel'"],
  ])('refuses %s of %j', async (path, files, code, message) => {
    const folder = makeFolder();
    writeTree(folder, files);
    const work = sourcesIn(folder).resolve({ kind: 'folder', path }, { ...recordEvents(), signal: never });
    await expect(work).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
  });

  it('of MLflow 1, with a conda.yaml alone, is read', async () => {
    const folder = makeFolder();
    writeTree(folder, {
      MLmodel: `artifact_path: model
flavors:
  python_function:
    data: model.pkl
    env: conda.yaml
    loader_module: mlflow.sklearn
    python_version: 3.7.9
  sklearn:
    pickled_model: model.pkl
    serialization_format: cloudpickle
    sklearn_version: 0.23.2
run_id: 1234e56
utc_time_created: '2020-11-02 09:11:12.123456'
`,
      'conda.yaml': `channels:
- conda-forge
dependencies:
- python=3.7.9
- pip
- pip:
  - mlflow
  - scikit-learn==0.23.2
  - cloudpickle==1.6.0
name: mlflow-env
`,
      'model.pkl': 'x',
    });
    const sources = sourcesIn(folder);
    const { model } = await sources.resolve(
      { kind: 'folder', path: '.' },
      { ...recordEvents(), signal: never },
    );
    expect(model.origin.runId).toBe('1234e56');
    expect(model.environment).toMatchObject({ pythonMinor: '3.7', pythonExact: '3.7.9', constraints: [] });
    expect(model.environment.requirements.map(({ text }) => text)).toEqual([
      ...['mlflow', 'scikit-learn==0.23.2', 'cloudpickle==1.6.0'],
    ]);
  });

  it('keeps every file of its own, and takes versions from requirements.txt, which MLflow makes from uv.lock', async () => {
    const own = {
      'code/helper/__init__.py': '',
      'wheels/helper-1.0-py3-none-any.whl': 'wheel',
      'constraints.txt': 'numpy<3\n',
      'environment_variables.txt': '# names\nOPENAI_API_KEY\n',
      'extra_files/words.txt': 'words',
      'pyproject.toml': '[project]\nname = "x"\nversion = "1"\n',
      'uv.lock': 'version = 1\n',
      '.python-version': '3.11\n',
      'requirements.txt':
        "mlflow==3.17.2\n-c constraints.txt\nwheels/helper-1.0-py3-none-any.whl\ncolorama==0.4.6 ; sys_platform == 'win32'\n",
    };
    const folder = makeFolder();
    writeTree(folder, modelFiles(own));
    const sources = sourcesIn(folder);
    const { model } = await sources.resolve(
      { kind: 'folder', path: '.' },
      { ...recordEvents(), signal: never },
    );
    expect(model.files.map(({ path }) => path)).toEqual(expect.arrayContaining(Object.keys(own)));
    expect(model.environment.requirements.map(({ text }) => text)).toEqual([
      'mlflow==3.17.2',
      'wheels/helper-1.0-py3-none-any.whl',
      "colorama==0.4.6 ; sys_platform == 'win32'",
    ]);
    expect(model.environment.constraints.map(({ text }) => text)).toEqual(['numpy<3']);
    expect(model.mlmodel.environmentVariables).toEqual(['OPENAI_API_KEY']);
  });

  it('stops when aborted', async () => {
    const folder = makeFolder();
    writeTree(folder, modelFiles());
    const work = sourcesIn(folder).resolve(
      { kind: 'folder', path: '.' },
      { ...recordEvents(), signal: AbortSignal.abort() },
    );
    await expect(work).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});
