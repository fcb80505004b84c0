import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { handlerDigest } from '../../../src/plan/handler-digest.ts';
import { planImage } from '../../../src/plan/image-plan.ts';
import { codeOf } from '../../support/errors.ts';
import { modelFiles } from '../../support/model-files.ts';
import {
  imageRequest,
  resolvedModel,
  type ModelChanges,
  type RequestChanges,
} from '../../support/planned-images.ts';

const plan = (changes: ModelChanges = {}, request: RequestChanges = {}) =>
  planImage(resolvedModel(changes), imageRequest(request));
const requirements = (text: string): ModelChanges => ({ files: { 'requirements.txt': text } });
const valueOf = (pairs: readonly (readonly [string, string])[], name: string): string | undefined =>
  new Map(pairs).get(name);

describe('planImage', () => {
  it('takes the slim image of the minor version, or the given one', () => {
    expect(plan().baseImage).toBe('python:3.11-slim');
    expect(plan({}, { baseImage: 'registry.example:5000/py@sha256:ab' }).baseImage).toBe(
      'registry.example:5000/py@sha256:ab',
    );
  });

  it.each(['3.7.9', '2.7.18', '4.0.0'])('refuses Python %s', (version) => {
    const files = { 'python_env.yaml': `python: ${version}\ndependencies: [mlflow==1.0]\n` };
    expect(codeOf(() => plan({ files }))).toBe('MODEL_BROKEN');
  });

  it.each(['', '-x', '--platform=linux/arm64 x', 'a b', 'a\nRUN b', '$X', 'a AS b'])(
    'refuses the base image %j',
    (baseImage) => {
      expect(codeOf(() => plan({}, { baseImage }))).toBe('USAGE');
    },
  );

  it('declares the MLflow that the model was logged with exactly when no requirement brings one', () => {
    const declared = (change: Parameters<typeof plan>[0]): readonly string[] =>
      plan(change, { mlflow: 'full' }).requirements;
    expect(declared(requirements('scikit-learn==1.5'))).toEqual(['scikit-learn==1.5', 'mlflow==3.17.2']);
    for (const mlflow of [
      'MLflow==2.0',
      'mlflow-skinny',
      'mlflow @ https://example.org/mlflow-3-py3-none-any.whl',
    ]) {
      expect(declared(requirements(mlflow))).toEqual([mlflow]);
    }
    const MLmodel = resolvedText('mlflow_version: 3.17.2\n', '');
    expect(declared({ files: { MLmodel, 'requirements.txt': 'a' } })).toEqual(['a', 'mlflow']);
    const hostile = resolvedText('mlflow_version: 3.17.2', 'mlflow_version: "1 --index-url x"');
    expect(codeOf(() => plan({ files: { MLmodel: hostile, 'requirements.txt': 'a' } }))).toBe('MODEL_BROKEN');
  });

  it('installs no MLflow for a model that the server loads itself, and resolves with it', () => {
    expect(plan(requirements('scikit-learn==1.5\nmlflow==2.9\nmlflow-skinny==2.9'))).toMatchObject({
      requirements: ['scikit-learn==1.5', 'numpy', 'pandas'],
      declared: ['scikit-learn==1.5', 'mlflow==2.9', 'mlflow-skinny==2.9'],
    });
    expect(plan(requirements('mlflow==2.9\nnumpy<2\nPandas==2.0')).requirements).toEqual([
      'numpy<2',
      'Pandas==2.0',
    ]);
    // a marker may never hold
    const marked = 'numpy<2; python_version < "3"';
    expect(plan(requirements(`mlflow==2.9\n${marked}\npandas`)).requirements).toEqual([
      marked,
      'pandas',
      'numpy',
    ]);
  });

  it('installs the small MLflow where MLflow loads the model, or fetches it', () => {
    const MLmodel = resolvedText('loader_module: mlflow.sklearn', 'loader_module: mlflow.pyfunc.model');
    const pyfunc = { MLmodel, 'requirements.txt': 'cloudpickle==3.0\nMLflow==2.9 ; python_version > "3"' };
    const skinny = ['cloudpickle==3.0', 'mlflow-skinny==2.9 ; python_version > "3"', 'numpy', 'pandas'];
    expect(plan({ files: pyfunc }).requirements).toEqual(skinny);
    expect(plan({ files: pyfunc }, { mlflow: 'full' })).toMatchObject({
      requirements: ['cloudpickle==3.0', 'MLflow==2.9 ; python_version > "3"'],
      declared: [],
    });
    const fetched = plan(requirements('mlflow-skinny==2.9'), { modelSource: 'load-at-start' });
    expect(fetched.requirements).toEqual(['mlflow-skinny==2.9', 'numpy', 'pandas']);
  });

  it.each([
    'mlflow[extras]==2.9',
    'mlflow==2.9 --hash=sha256:00',
    'mlflow @ https://example.org/mlflow-3-py3-none-any.whl',
  ])('leaves a requirement alone that says more than a version: %s', (text) => {
    expect(plan(requirements(text))).toMatchObject({ requirements: [text], declared: [] });
  });

  it('knows the libraries that wheels expect of the system', () => {
    expect(plan().systemPackages).toEqual([]);
    expect(plan(requirements('mlflow\nLightGBM==4.0')).systemPackages).toEqual(['libgomp1']);
    const MLmodel = resolvedText('  sklearn:', '  lightgbm:');
    expect(plan({ files: { MLmodel } }).systemPackages).toEqual(['libgomp1']);
    expect(plan(requirements('mlflow\nxgboost\nconstructor\ntoString')).systemPackages).toEqual([]);
  });

  it('says what it leaves out', () => {
    expect(plan(requirements('mlflow\n--prefer-binary\n-f /srv/own')).warnings).toEqual([
      expect.stringContaining("'--prefer-binary'"),
      expect.stringContaining("'--find-links /srv/own'"),
    ]);
    expect(plan(requirements('mlflow --global-option="x y" --hash=sha256:00')).warnings).toHaveLength(1);
    const files = { 'python_env.yaml': 'python: 3.11\ndependencies: [mlflow]\n' };
    expect(plan({ files }).warnings).toEqual([]);
  });

  it('does not let what it leaves out join two lines', () => {
    const joined = requirements('https://e/x\\ --global-option=y\nmlflow');
    expect(() => plan(joined)).toThrow("the requirement 'https://e/x\\ --global-option=y' cannot be read");
    const glued = plan(requirements('skops --global-option="x".post1'));
    expect(glued.requirements[0]).toBe('skops');
  });

  it('turns options of pip into those of uv', () => {
    const found = plan(
      requirements('--pre\n--trusted-host h.example\n-i https://a.example/s\n--no-binary :all:\nmlflow'),
    );
    expect(found).toMatchObject({
      prereleases: 'allow',
      insecureHosts: ['h.example'],
      indexStrategy: 'first-index',
      requirements: ['--index-url https://a.example/s', '--no-binary :all:', 'numpy', 'pandas'],
      declared: ['--index-url https://a.example/s', '--no-binary :all:', 'mlflow'],
      warnings: [],
    });
    expect(plan()).toMatchObject({
      prereleases: 'when-named',
      insecureHosts: [],
      indexStrategy: 'first-index',
    });
  });

  it('takes the best version of all indexes when there are several, as pip does', () => {
    expect(plan({}, { extraIndexUrls: ['https://b.example/simple'] }).indexStrategy).toBe('best-match');
    expect(plan(requirements('--extra-index-url https://b.example\nmlflow')).indexStrategy).toBe(
      'best-match',
    );
  });

  it.each([
    'x @ https://me:secret@example.org/x.whl',
    'git+https://token@example.org/x.git',
    '--index-url https://me:secret@example.org/simple',
    '--extra-index-url=https://${USER}:${TOKEN}@example.org/simple',
    '-f https://me@example.org',
  ])('refuses a login in %s without repeating it', (line) => {
    expect(codeOf(() => plan(requirements(line)))).toBe('MODEL_BROKEN');
    expect(() => plan(requirements(line))).toThrow(/^(?!.*(secret|token@|TOKEN))/);
  });

  it('takes the account that every Git host shares, and git to clone with', () => {
    const found = plan(requirements('mlflow\nx @ git+ssh://git@example.org/x.git'));
    expect(found.buildPackages).toEqual(['ca-certificates', 'git', 'openssh-client']);
    const overHttps = plan(requirements('mlflow\nx @ git+https://example.org/x.git'));
    expect(overHttps.buildPackages).toEqual(['ca-certificates', 'git']);
    expect(found.systemPackages).toEqual([]);
  });

  it('finds requirements that are files of the model', () => {
    const files = {
      'requirements.txt': 'mlflow\n./wheels/x-1-py3-none-any.whl\nwheels/y.whl\npkg[a]',
      'wheels/x-1-py3-none-any.whl': '',
      'wheels/y.whl': '',
    };
    expect(codeOf(() => plan({ files }))).toBeUndefined();
    expect(plan({ files }).requiredModelPaths).toEqual(['wheels/x-1-py3-none-any.whl', 'wheels/y.whl']);
    const folder = { 'requirements.txt': 'mlflow\n-e ./code/pkg[a]', 'code/pkg/setup.py': '' };
    expect(plan({ files: folder }).requiredModelPaths).toEqual(['code/pkg']);
  });

  it.each(['numpy @ file:///croot/x.whl', '/abs/x.whl', '../x', 'wheels/none.whl', './a,b', '.', '-e .'])(
    'refuses %s, which is not in the model',
    (line) => {
      const files = { 'requirements.txt': line, 'a,b/setup.py': '' };
      expect(codeOf(() => plan({ files }))).toBe('MODEL_BROKEN');
    },
  );

  it.each([
    'https://me:pw@example.org/simple',
    'ftp://example.org',
    'file:///x',
    '--help',
    'https://example.org/a b',
    'https://example.org/\n',
    'https://',
  ])('refuses the index URL %j', (url) => {
    expect(codeOf(() => plan({}, { indexUrl: url }))).toBe('USAGE');
    expect(codeOf(() => plan({}, { extraIndexUrls: [url] }))).toBe('USAGE');
  });

  it('declares build arguments once, but not those that every builder knows', () => {
    const buildArgNames = ['B', 'A', 'HTTP_PROXY', 'no_proxy', 'A', 'BUILDKIT_INLINE_CACHE'];
    expect(plan({}, { buildArgNames }).buildArgNames).toEqual(['A', 'B']);
    expect(codeOf(() => plan({}, { buildArgNames: ['A=1'] }))).toBe('USAGE');
    expect(codeOf(() => plan({}, { buildArgNames: ['--x'] }))).toBe('USAGE');
  });

  it('sets variables, the user’s last word', () => {
    const { env } = plan({}, { env: { HOME: '/home/x', 'A.b-c': '$x "y" \\' } });
    expect(env).toEqual([
      ['A.b-c', '$x "y" \\'],
      ['HOME', '/home/x'],
      ['PYTHONDONTWRITEBYTECODE', '1'],
      ['PYTHONUNBUFFERED', '1'],
    ]);
  });

  it.each<[string, RequestChanges]>([
    ['a variable of two lines', { env: { A: 'a\nb' } }],
    ['a variable with NUL', { env: { A: '\0' } }],
    ['a variable with half a character', { env: { A: '\uD800' } }],
    ['a variable without a name', { env: { '': 'x' } }],
    ['a variable that is a flag', { env: { '--x': 'x' } }],
    ['a label of two lines', { labels: { a: 'a\r\nb' } }],
    ['a label with a space in its name', { labels: { 'a b': 'x' } }],
    ['a label that is a flag', { labels: { '--a': 'x' } }],
    ['a label longer than a line may be', { labels: { a: '$'.repeat(31_000) } }],
  ])('refuses %s', (_, request) => {
    expect(codeOf(() => plan({}, request))).toBe('USAGE');
  });

  it('labels the image with what is known, the user’s labels last', () => {
    const origin = {
      uri: 'models:/iris@champion',
      pinnedUri: 'models:/iris/3',
      runId: 'r',
      modelId: 'm-1',
      registeredName: 'iris',
      registeredVersion: 3,
    };
    const { labels } = plan({ origin }, { labels: { 'org.opencontainers.image.title': 'mine', team: 'x' } });
    expect(Object.fromEntries(labels)).toEqual({
      'io.caisson.mlflow.version': '3.17.2',
      'io.caisson.model.digest': `sha256:${'0'.repeat(64)}`,
      'io.caisson.model.flavor': 'sklearn',
      'io.caisson.model.id': 'm-1',
      'io.caisson.model.name': 'iris',
      'io.caisson.model.pinned-uri': 'models:/iris/3',
      'io.caisson.model.signature': '{"inputs":[{"type":"double","name":"x","required":true}]}',
      'io.caisson.model.source': 'baked',
      'io.caisson.model.uri': 'models:/iris@champion',
      'io.caisson.model.version': '3',
      'io.caisson.requirements.sha256': createHash('sha256')
        .update('scikit-learn==1.9.1\nnumpy\npandas\n')
        .digest('hex'),
      'io.caisson.run.id': 'r',
      'io.caisson.version': '0.1.0',
      'org.opencontainers.image.base.name': 'python:3.11-slim',
      'org.opencontainers.image.title': 'mine',
      'org.opencontainers.image.version': '3',
      team: 'x',
    });
    expect(labels.map(([name]) => name)).toEqual(labels.map(([name]) => name).sort());
    expect(valueOf(plan().labels, 'org.opencontainers.image.title')).toBe('iris_model');
  });

  it('knows a handler by its digest, which is a label', () => {
    const handlerSha256 = handlerDigest('def pre(inputs):\n    return inputs\n');
    const found = plan({}, { handlerSha256 });
    expect(found.handlerSha256).toBe('8cbb00f5f92742dd165ddec568c81aa3c3d39b1a6626999f68a163018398b65a');
    expect(valueOf(found.labels, 'io.caisson.handler.sha256')).toBe(handlerSha256);
    expect(plan()).not.toHaveProperty('handlerSha256');
    expect(valueOf(plan().labels, 'io.caisson.handler.sha256')).toBeUndefined();
  });

  it('refuses facts of the model that no label can carry, and leaves a signature out that is too long', () => {
    const MLmodel = resolvedText('  sklearn:', '  "skl\\nearn":');
    expect(codeOf(() => plan({ files: { MLmodel } }))).toBe('MODEL_BROKEN');
    const columns = Array.from({ length: 1500 }, (_, index) => ({ type: 'double', name: `column ${index}` }));
    const long = resolvedText(/inputs: .*/, `inputs: '${JSON.stringify(columns)}'`);
    const { labels, warnings } = plan({ files: { MLmodel: long } });
    expect(valueOf(labels, 'io.caisson.model.signature')).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining('signature')]);
  });

  it('is the same for the same input', () => {
    expect(plan({}, { env: { B: '1', A: '2' } })).toEqual(plan({}, { env: { A: '2', B: '1' } }));
  });
});

/** MLmodel of the support model with one text replaced. */
function resolvedText(search: string | RegExp, replacement: string): string {
  const text = modelFiles()['MLmodel'] ?? '';
  const changed = text.replace(search, replacement);
  expect(changed).not.toBe(text);
  return changed;
}
