import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaissonError } from '../../../src/core/errors.ts';
import { readCondaEnvironment } from '../../../src/model/conda-environment.ts';
import { parseRequirements } from '../../../src/model/requirement.ts';
import { convertCondaPackages, planConda } from '../../../src/plan/conda-packages.ts';
import type { EnvironmentRequest } from '../../../src/plan/environment-request.ts';
import { codeOf } from '../../support/errors.ts';

interface Given {
  readonly packages: readonly string[];
  readonly channels?: readonly string[];
  readonly requirements?: string;
  readonly condaOnly?: EnvironmentRequest['condaOnly'];
}

const environment = ({ packages, channels = ['conda-forge'], requirements = 'mlflow' }: Given) => ({
  pythonMinor: '3.11',
  requirements: parseRequirements(requirements),
  constraints: [],
  conda: readCondaEnvironment(JSON.stringify({ channels, dependencies: packages })),
});
const convert = (given: Given) => convertCondaPackages(environment(given), given.condaOnly ?? 'refuse');
const lineOf = (written: string): string | undefined =>
  convert({ packages: [written] }).requirements[0]?.text;

describe('convertCondaPackages', () => {
  it.each([
    ['numpy', 'numpy'],
    ['numpy=*', undefined],
    ['numpy *', 'numpy'],
    ['numpy=1.26', 'numpy==1.26.*'],
    ['numpy 1.26.4', 'numpy==1.26.4.*'],
    ['numpy=1.26.*', 'numpy==1.26.*'],
    ['numpy==1.26.4', 'numpy==1.26.4'],
    ['numpy=1.26.4=py311h64a7726_0', 'numpy==1.26.4'],
    ['numpy 1.26.4 py311h64a7726_0', 'numpy==1.26.4'],
    ['numpy=2.0.0rc1', 'numpy==2.0.0rc1'],
    ['conda-forge::numpy >=1.20, <2', 'numpy>=1.20,<2'],
    ['numpy!=1.25.*', 'numpy!=1.25.*'],
    ['pytorch=2.3', 'torch==2.3.*'],
    ['matplotlib-base', 'matplotlib'],
  ])('%j is %j to pip', (written, line) => {
    if (line === undefined) expect(codeOf(() => lineOf(written))).toBe('CONDA_PACKAGES');
    else expect(lineOf(written)).toBe(line);
  });

  it.each([
    'numpy=1.25|1.26',
    "numpy[version='>=1']",
    'cudatoolkit=11.8',
    'mkl',
    'r-base',
    'gcc_linux-64',
    'openslide',
  ])('refuses %j, and names it and the ways out', (written) => {
    const error = caught(() => convert({ packages: ['python=3.11', 'numpy', written] }));
    expect(error).toMatchObject({ code: 'CONDA_PACKAGES' });
    expect(error?.message).toContain(written);
    expect(error?.message).not.toContain('numpy, ');
    for (const way of ['--env-manager conda', '--requirement', '--conda-packages ignore'])
      expect(error?.hint).toContain(way);
  });

  it('goes on without them when told to', () => {
    expect(convert({ packages: ['mkl=2024', 'numpy=1.26'], condaOnly: 'ignore' })).toMatchObject({
      requirements: [{ text: 'numpy==1.26.*' }],
      notes: ['packages of conda.yaml come from the Python index: numpy==1.26.*'],
      warnings: ['packages that only conda has are left out: mkl=2024'],
    });
  });

  it('leaves out what every base has and what the requirements have', () => {
    const packages = [
      'python=3.11.7',
      'pip',
      'openssl=3.0=h1',
      'libgcc-ng',
      'pytorch=2.3',
      'scikit-learn=1.5',
    ];
    expect(convert({ packages, requirements: 'torch==2.3.1\nScikit_Learn' })).toEqual({
      requirements: [],
      notes: [],
      warnings: [],
    });
    expect(
      convertCondaPackages({ pythonMinor: '3.11', requirements: [], constraints: [] }, 'refuse'),
    ).toEqual({
      requirements: [],
      notes: [],
      warnings: [],
    });
  });

  it('makes one requirement of any version, or none', () => {
    const word = fc.constantFrom(
      '=',
      '==',
      '>=',
      '<',
      ',',
      ' ',
      '*',
      '.',
      '1',
      '26',
      'rc1',
      'py3_0',
      ';',
      '@',
      '[',
      '#',
      '-r x',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        const { requirements } = convert({
          packages: [`numpy${words.join('')}`.trim()],
          condaOnly: 'ignore',
        });
        expect(requirements.length).toBeLessThan(2);
        for (const item of requirements) expect(item).toMatchObject({ kind: 'package', name: 'numpy' });
      }),
    );
  });
});

describe('planConda', () => {
  it('keeps the packages as they are written, with a Python in any case', () => {
    expect(planConda(environment({ packages: ['mkl'], channels: [] }))).toEqual({
      channels: ['conda-forge'],
      packages: ['python=3.11', 'mkl'],
    });
  });

  it.each(['https://me:secret@conda.example/own', 'https://conda.anaconda.org/t/secret/own'])(
    'refuses a login in the channel %s without repeating it',
    (channel) => {
      for (const given of [{ packages: [], channels: [channel] }, { packages: [`${channel}::mkl`] }]) {
        const error = caught(() => planConda(environment(given)));
        expect(error?.code).toBe('MODEL_BROKEN');
        expect(error?.message).not.toContain('secret');
      }
    },
  );
});

function caught(work: () => unknown): CaissonError | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof CaissonError) return error;
    throw error;
  }
  return undefined;
}
