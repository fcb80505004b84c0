import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutUndefined } from '../../../src/core/objects.ts';
import { recordModel } from '../../../src/plan/build-record.ts';
import { compareFacts } from '../../../src/provenance/compare.ts';
import type { ModelFacts } from '../../../src/provenance/facts.ts';
import { imageFacts, LOCK } from '../../support/image-facts.ts';
import { modelFiles } from '../../support/model-files.ts';
import { resolvedModel, type ModelChanges } from '../../support/planned-images.ts';

const modelFacts = (changes: ModelChanges = {}, files: ModelFacts['files'] = []): ModelFacts => ({
  kind: 'model',
  name: './model',
  size: 100,
  model: recordModel(resolvedModel(changes)),
  files,
});

const mlmodel = (signature: string): Readonly<Record<string, string>> => ({
  MLmodel: modelFiles()['MLmodel']!.replace(/signature:[^]*/, `signature: ${signature}\n`),
});

describe('comparing', () => {
  it('finds nothing between equal images', () => {
    expect(compareFacts(imageFacts(), imageFacts())).toEqual({ differences: [], notCompared: [] });
  });

  it('finds what was added, removed and changed in an image', () => {
    const request = { labels: { team: 'b', owner: 'x' }, env: { A: '2' }, caissonVersion: '0.2.0' };
    const lock = LOCK.replace('mlflow==3.17.2', 'mlflow==3.18.0').replace('torch==2.4.1+cpu', 'six==1.16.0');
    const before = imageFacts({ request: { labels: { team: 'a' }, env: { A: '1' } } });
    expect(compareFacts(before, imageFacts({ request, lock })).differences).toEqual([
      { part: 'package', item: 'mlflow', a: '==3.17.2', b: '==3.18.0' },
      { part: 'package', item: 'six', b: '==1.16.0' },
      { part: 'package', item: 'torch', a: '==2.4.1+cpu' },
      { part: 'variable', item: 'A', a: '1', b: '2' },
      { part: 'label', item: 'owner', b: 'x' },
      { part: 'label', item: 'team', a: 'a', b: 'b' },
      { part: 'caisson', a: '0.1.0', b: '0.2.0' },
    ]);
  });

  it('finds changes of the signature by name', () => {
    const before = mlmodel(
      `{inputs: '[{"type": "double", "name": "x"}, {"type": "long", "name": "y"}]', outputs: '[{"type": "long"}]', params: '[{"name": "k", "type": "long", "default": 3}]'}`,
    );
    const after = mlmodel(
      `{inputs: '[{"type": "string", "name": "x"}, {"type": "double", "name": "z", "required": false}]', outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]', params: '[{"name": "k", "type": "long", "default": 4}]'}`,
    );
    const { differences } = compareFacts(modelFacts({ files: before }), modelFacts({ files: after }));
    expect(differences).toEqual([
      { part: 'signature', item: 'inputs.x', a: 'double', b: 'string' },
      { part: 'signature', item: 'inputs.y', a: 'long' },
      { part: 'signature', item: 'inputs.z', b: 'double (optional)' },
      { part: 'signature', item: 'outputs.0', a: 'long', b: 'int64(-1)' },
      { part: 'signature', item: 'params.k', a: 'long = 3', b: 'long = 4' },
    ]);
  });

  it('compares types that hold types', () => {
    const column = (type: string) => modelFacts({ files: mlmodel(`{inputs: '[{"name": "c", ${type}}]'}`) });
    const before = column('"type": "array", "items": {"type": "map", "values": {"type": "any"}}');
    const after = column(
      '"type": "object", "properties": {"a": {"type": "long"}, "b": {"type": "string", "required": false}}',
    );
    expect(compareFacts(before, after).differences).toEqual([
      { part: 'signature', item: 'inputs.c', a: 'array<map<any>>', b: 'object<a: long, b?: string>' },
    ]);
  });

  it('compares an image and a model by what both tell', () => {
    const files = { 'requirements.txt': 'mlflow==3.17.2\nscikit-learn==1.8.0\n' };
    const { differences, notCompared } = compareFacts(imageFacts(), modelFacts({ files }));
    expect(differences).toEqual([
      {
        part: 'requirement',
        item: 'scikit-learn',
        a: 'scikit-learn==1.9.1',
        b: 'scikit-learn==1.8.0',
      },
    ]);
    expect(notCompared).toEqual(expect.arrayContaining(['model file', 'package', 'base', 'image id']));
  });

  it('says that packages are not compared when one image has no lock', () => {
    const withoutLock = imageFacts();
    const contents = withoutUndefined({ ...withoutLock.contents, packages: undefined });
    expect(compareFacts(imageFacts(), { ...withoutLock, contents })).toEqual({
      differences: [],
      notCompared: ['package'],
    });
  });

  it('finds exactly the files that differ, whatever they are called', () => {
    const files = fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'a/b')),
      fc.constantFrom('sha256:1', 'sha256:2'),
    );
    const listed = (held: Record<string, string>) =>
      Object.entries(held).map(([path, digest]) => ({ path, digest }));
    fc.assert(
      fc.property(files, files, (before, after) => {
        const { differences } = compareFacts(modelFacts({}, listed(before)), modelFacts({}, listed(after)));
        const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
        const read = (held: Record<string, string>, name: string) =>
          Object.hasOwn(held, name) ? held[name] : undefined;
        expect(differences.map(({ item }) => item ?? '')).toEqual(
          names.filter((name) => read(before, name) !== read(after, name)),
        );
      }),
    );
  });
});
