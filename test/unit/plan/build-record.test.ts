import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageJson } from '../../../src/image/text-views.ts';
import { parseBuildRecord, recordBuild } from '../../../src/plan/build-record.ts';
import { planImage, type ImageRequest } from '../../../src/plan/image-plan.ts';
import { parseRequirements } from '../../../src/model/requirement.ts';
import { hostileText } from '../../support/hostile-text.ts';
import { modelFiles } from '../../support/model-files.ts';
import { imageRequest, resolvedModel } from '../../support/planned-images.ts';

const FULL: Required<Omit<ImageRequest, 'lock' | 'wheelhouse'>> = {
  builder: 'classic',
  baseImage: 'python:3.11',
  baseDigest: `sha256:${'b'.repeat(64)}`,
  labels: { team: 'flowers' },
  env: { B: '2', A: '1' },
  buildArgNames: ['TOKEN'],
  indexUrl: 'https://index.test/simple/',
  extraIndexUrls: ['https://extra.test/simple/'],
  pipOptions: { trustedHosts: ['h:1'], findLinks: ['https://links.test/'], index: 'none' },
  secrets: { ids: ['netrc'], ssh: 'agent' },
  certificateAuthority: 'in-context',
  modelSource: 'load-at-start',
  stores: ['aws-sigv4', 's3'],
  mlflow: 'full',
  asOf: '2026-01-02T00:00:00Z',
  environment: {
    python: '3.12',
    requirements: parseRequirements('six==1.16.0\nscikit-learn>=1,<2 ; python_version > "3"'),
    constraints: parseRequirements('numpy<3'),
    systemPackages: ['libgomp1'],
    hooks: ['echo "a"\necho b'],
    torch: 'cpu',
    manager: 'uv',
    condaOnly: 'ignore',
  },
  handlerSha256: 'c'.repeat(64),
  templatesSha256: 'd'.repeat(64),
  caissonVersion: '1.2.3',
};

const written = (request: ImageRequest, model = resolvedModel()): string =>
  imageJson({ ...planImage(model, imageRequest()), request }, model);

/** An image.json whose record is changed before it is read. */
function changed(change: (build: Record<string, Record<string, unknown>>) => void): string {
  const content = JSON.parse(written(FULL)) as { build: Record<string, Record<string, unknown>> };
  change(content.build);
  return JSON.stringify(content);
}

describe('the build record', () => {
  it('gives back every field of the request but the digest of the base, which is a label', () => {
    const { request } = parseBuildRecord(written(FULL));
    expect({ ...request, baseDigest: FULL.baseDigest }).toEqual(FULL);
    expect(request).not.toHaveProperty('baseDigest');
  });

  it('says nothing of the wheels of --find-links', () => {
    const wheelhouse = { files: ['six-1-py3-none-any.whl'], use: 'only' } as const;
    expect(written({ ...FULL, wheelhouse })).toBe(written(FULL));
  });

  it('gives back the smallest request', () => {
    expect(parseBuildRecord(written(imageRequest())).request).toEqual(imageRequest());
  });

  it('tells what is known of the model', () => {
    const origin = {
      uri: 'models:/iris@champion',
      pinnedUri: 'models:/iris/7',
      registeredName: 'iris',
      registeredVersion: 7,
    };
    expect(parseBuildRecord(written(imageRequest(), resolvedModel({ origin }))).model).toEqual({
      uri: 'models:/iris@champion',
      pinnedUri: 'models:/iris/7',
      origin: 'store',
      digest: `sha256:${'0'.repeat(64)}`,
      name: 'iris',
      version: 7,
      flavors: ['python_function', 'sklearn'],
      mlflowVersion: '3.17.2',
      pythonMinor: '3.11',
      requirements: ['mlflow==3.17.2', 'scikit-learn==1.9.1'],
      signature: resolvedModel().mlmodel.signature,
    });
  });

  it('keeps every kind of signature', () => {
    const inputs = JSON.stringify([{ type: 'tensor', 'tensor-spec': { dtype: 'float64', shape: [-1, 4] } }]);
    const params = JSON.stringify([{ name: 'k', type: 'long', default: 3, shape: null }]);
    const files = {
      MLmodel: modelFiles()['MLmodel']!.replace(
        /signature:[^]*/,
        `signature:\n  inputs: '${inputs}'\n  params: '${params}'\n`,
      ),
    };
    const model = resolvedModel({ files });
    const { signature } = parseBuildRecord(written(imageRequest(), model)).model;
    expect(signature?.inputs?.kind).toBe('tensors');
    expect(signature).toEqual(model.mlmodel.signature);
  });

  it('knows a folder, whatever its name', () => {
    for (const uri of ['iris', 'models:1', 'runs:'])
      expect(parseBuildRecord(written(imageRequest(), resolvedModel({ origin: { uri } }))).model.origin).toBe(
        'folder',
      );
  });

  it('is the same bytes for the same request, in whatever order it was typed', () => {
    const turned = { ...FULL, env: { A: '1', B: '2' } };
    expect(written(turned)).toBe(written(FULL));
  });

  it.each([
    ['{}', 'it has none'],
    ['null', 'it has none'],
    ['{', 'image.json is not JSON'],
    ['{"build": null}', "'build' is not an object"],
    [changed((build) => (build['format'] = 2 as never)), 'of a newer caisson: its format is 2'],
    [changed(({ request }) => (request!['gpu'] = 'on')), "of a newer caisson: it holds 'build.request.gpu'"],
    [changed(({ request }) => (request!['builder'] = 'kaniko')), "'build.request.builder' is none of"],
    [changed(({ request }) => (request!['labels'] = { a: 1 })), "'build.request.labels.a' is not text"],
    [
      changed(({ request }) => (request!['buildArgNames'] = 'A')),
      "'build.request.buildArgNames' is not a list",
    ],
    [
      changed(
        ({ request }) => (request!['environment'] = { ...(request!['environment'] as object), hooks: 'a' }),
      ),
      "'build.request.environment.hooks' is not a list",
    ],
    [changed(({ model }) => delete model!['digest']), "'build.model.digest' is not text"],
    [
      changed(({ model }) => (model!['signature'] = { inputs: 7 })),
      "'build.model.signature': the signature in",
    ],
    [changed(({ model }) => (model!['version'] = 1.5)), "'build.model.version' is not a whole number"],
  ])('refuses %s', (text, message) => {
    const error = { code: 'RECORD_BROKEN', message: expect.stringContaining(message) };
    expect(() => parseBuildRecord(text)).toThrow(expect.objectContaining(error));
  });

  it.each(['a b', '', 'a\nb', '--pre', 7])('refuses %j as a requirement', (value) => {
    const text = changed(({ request }) => {
      (request!['environment'] as Record<string, unknown>)['constraints'] = [value];
    });
    const message = expect.stringContaining("'build.request.environment.constraints[0]'");
    expect(() => parseBuildRecord(text)).toThrow(expect.objectContaining({ code: 'RECORD_BROKEN', message }));
  });

  it('carries any value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), hostileText), (labels) => {
        const record = { build: recordBuild(resolvedModel(), imageRequest({ labels })) };
        expect(Object.entries(parseBuildRecord(JSON.stringify(record)).request.labels)).toEqual(
          Object.entries(labels),
        );
      }),
    );
  });
});
