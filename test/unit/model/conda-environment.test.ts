import { describe, expect, it } from 'vitest';
import { condaVersion, readCondaEnvironment } from '../../../src/model/conda-environment.ts';
import { codeOf } from '../../support/errors.ts';

const read = (dependencies: string, channels = '[conda-forge]') =>
  readCondaEnvironment(`channels: ${channels}\ndependencies: ${dependencies}\n`);

describe('readCondaEnvironment', () => {
  it('takes packages apart into channel, name and version', () => {
    const { packages } = read(
      '["python=3.9.18", "conda-forge::NumPy >=1.2,<2", "_libgcc_mutex=0.1=main", "mkl"]',
    );
    expect(packages).toEqual([
      { name: 'python', version: '=3.9.18', text: 'python=3.9.18' },
      { name: 'numpy', version: '>=1.2,<2', text: 'conda-forge::NumPy >=1.2,<2' },
      { name: '_libgcc_mutex', version: '=0.1=main', text: '_libgcc_mutex=0.1=main' },
      { name: 'mkl', version: '', text: 'mkl' },
    ]);
  });

  it('keeps channels in their order, and the lines of the pip part', () => {
    const environment = read('[{pip: [b, a]}, {pip: ["-r requirements.txt"]}]', '[z, a]');
    expect(environment).toMatchObject({ channels: ['z', 'a'], pipLines: ['b', 'a', '-r requirements.txt'] });
    expect(readCondaEnvironment('name: x')).toEqual({ channels: [], packages: [], pipLines: [] });
  });

  it('knows the version of a package', () => {
    const environment = read('["python=3.9", "pip"]');
    expect(condaVersion(environment, 'python')).toBe('=3.9');
    expect(condaVersion(environment, 'pip')).toBe('');
    expect(condaVersion(environment, 'numpy')).toBeUndefined();
  });

  it.each([
    ['a list of channels that is none', () => read('[]', 'conda-forge')],
    ['a channel that is no text', () => read('[]', '[{a: b}]')],
    ['a package without a name', () => read('["=1.0"]')],
    ['a package of two lines', () => read('["a\\nb"]')],
    ['a channel that reads backwards', () => read('[]', '["a\\u202Eb"]')],
  ])('throws MODEL_BROKEN for %s', (_, work) => {
    expect(codeOf(work)).toBe('MODEL_BROKEN');
  });
});
