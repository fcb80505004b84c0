import { describe, expect, it } from 'vitest';
import { systemPackages } from '../../../src/plan/system-packages.ts';
import { codeOf } from '../../support/errors.ts';

describe('systemPackages', () => {
  it.each<[string[], string[]]>([
    [['sklearn', 'mlflow', 'xgboost', 'opencv-python-headless', 'constructor', 'toString'], []],
    [['lightgbm'], ['libgomp1']],
    [
      ['lightgbm', 'opencv-python', 'implicit'],
      ['libgl1', 'libglib2.0-0', 'libgomp1'],
    ],
    [['spark', 'pyspark', 'h2o'], ['default-jre-headless']],
  ])('%j need %j', (names, packages) => {
    expect(systemPackages(names, [])).toEqual(packages);
  });

  it('adds what was asked for, which wins', () => {
    expect(systemPackages(['lightgbm'], ['zip', 'libgomp1=12.2.0-14+deb12u1', 'g++', 'zip'])).toEqual([
      'g++',
      'libgomp1=12.2.0-14+deb12u1',
      'zip',
    ]);
  });

  it.each([
    '',
    'x',
    'libgomp1-',
    '-y',
    '--yes',
    'Zip',
    'a b',
    'zip;id',
    'zip=',
    'zip=$(id)',
    'zip/stable',
    './x.deb',
    'zi*',
    'zip\n',
    '^zip$',
  ])('refuses %j', (text) => {
    expect(codeOf(() => systemPackages([], [text]))).toBe('USAGE');
  });
});
