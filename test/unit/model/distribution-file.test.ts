import { describe, expect, it } from 'vitest';
import { isSameVersion, parseDistributionFile } from '../../../src/model/distribution-file.ts';

describe('the name of a distribution', () => {
  it.each([
    ['six-1.16.0-py2.py3-none-any.whl', 'six', '1.16.0'],
    ['PyYAML-6.0.4-cp311-cp311-manylinux2014_x86_64.whl', 'pyyaml', '6.0.4'],
    ['scikit_learn-1.5.0-2build-cp311-cp311-linux_x86_64.whl', 'scikit-learn', '1.5.0'],
    ['torch-2.3.1+cpu-cp311-cp311-linux_x86_64.whl', 'torch', '2.3.1+cpu'],
    ['scikit-learn-1.5.0.tar.gz', 'scikit-learn', '1.5.0'],
    ['old.package-0.1.zip', 'old-package', '0.1'],
  ])('%s', (file, name, version) => {
    expect(parseDistributionFile(file)).toEqual({ name, version });
  });

  it.each(['six.whl', 'six-1.16.0.whl', 'six.tar.gz', 'six-1.16.0-py3-none-any.txt', ''])(
    'is not %j',
    (file) => {
      expect(parseDistributionFile(file)).toBeUndefined();
    },
  );
});

describe('versions', () => {
  it.each([
    ['1.0', '1.0.0', true],
    ['2.3.1+CPU', '2.3.1+cpu', true],
    ['1.0+local_1', '1.0.0+local.1', true],
    ['1.0', '1.0.1', false],
    ['1.10', '1.1', false],
    ['2.3.1+cpu', '2.3.1', false],
  ])('%s and %s: %s', (a, b, same) => {
    expect(isSameVersion(a, b)).toBe(same);
  });
});
