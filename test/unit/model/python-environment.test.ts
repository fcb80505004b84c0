import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaissonError } from '../../../src/core/errors.ts';
import { readPythonEnvironment, type EnvironmentFiles } from '../../../src/model/python-environment.ts';
import { codeOf } from '../../support/errors.ts';
import { runs } from '../../support/runs.ts';

const PYTHON_ENV = `python: 3.11.7
build_dependencies:
- pip==24.0
- setuptools
- wheel==0.43.0
dependencies:
- -r requirements.txt
`;
const CONDA = `name: mlflow-env
channels: [conda-forge]
dependencies:
- python=3.9.18
- pip<=23.0
- conda-forge::scikit-learn=1.0
- pip:
  - mlflow==2.3.0
  - cloudpickle==2.2.1
`;

const textsOf = (files: EnvironmentFiles): readonly string[] =>
  readPythonEnvironment(files).requirements.map(({ text }) => text);

describe('readPythonEnvironment', () => {
  it('reads python_env.yaml and the files that it names', () => {
    const environment = readPythonEnvironment({
      pythonEnvYaml: PYTHON_ENV,
      requirementsTxt: 'mlflow==3.17.2\n-c constraints.txt\nnumpy\n',
      constraintsTxt: 'numpy<3\n',
      condaYaml: CONDA,
    });
    expect(environment.pythonMinor).toBe('3.11');
    expect(environment.requirements.map(({ text }) => text)).toEqual(['mlflow==3.17.2', 'numpy']);
    expect(environment.constraints.map(({ text }) => text)).toEqual(['numpy<3']);
    expect(environment.pythonExact).toBe('3.11.7');
    expect(environment.conda?.packages.map(({ name }) => name)).toEqual(['python', 'pip', 'scikit-learn']);
  });

  it('knows the exact Python when any file says it of the same minor version', () => {
    const exactOf = (python: string, pythonVersion: string) =>
      readPythonEnvironment({ pythonEnvYaml: `python: "${python}"\ndependencies: [a]\n`, pythonVersion })
        .pythonExact;
    expect(exactOf('3.11', '3.11.9')).toBe('3.11.9');
    expect(exactOf('3.11.7', '3.11.9')).toBe('3.11.7');
    expect(exactOf('3.11', '3.12.1')).toBeUndefined();
  });

  it('does not take Python 3.10 for 3.1', () => {
    const files = { pythonEnvYaml: 'python: 3.10\ndependencies: [a]\n' };
    expect(readPythonEnvironment(files).pythonMinor).toBe('3.10');
  });

  it('keeps setuptools only with the version that was installed beside the model', () => {
    const pinned = PYTHON_ENV.replace('- setuptools', '- setuptools==65.5.0');
    expect(textsOf({ pythonEnvYaml: pinned, requirementsTxt: 'a==1' })).toEqual([
      'setuptools==65.5.0',
      'a==1',
    ]);
    expect(textsOf({ pythonEnvYaml: PYTHON_ENV, requirementsTxt: 'a==1' })).toEqual(['a==1']);
  });

  it('falls back to conda.yaml', () => {
    expect(readPythonEnvironment({ condaYaml: CONDA })).toMatchObject({
      pythonMinor: '3.9',
      requirements: [{ name: 'mlflow' }, { name: 'cloudpickle' }],
      conda: { channels: ['conda-forge'], pipLines: ['mlflow==2.3.0', 'cloudpickle==2.2.1'] },
    });
  });

  it('takes requirements.txt and the Python of MLmodel when there is nothing else', () => {
    const files = { requirementsTxt: 'a==1\n', pythonVersion: '3.12.1' };
    expect(readPythonEnvironment(files)).toMatchObject({
      pythonMinor: '3.12',
      requirements: [{ name: 'a' }],
    });
  });

  it.each([
    ['a range', 'dependencies: ["python>=3.8", {pip: [a]}]', '3.13'],
    ['a build', 'dependencies: ["python=3.8.5=h1_0", {pip: [a]}]', '3.8'],
    ['a wildcard', 'dependencies: ["python==3.7.*", {pip: [a]}]', '3.7'],
    ['no python', 'dependencies: [{pip: [a]}]', '3.13'],
  ])('reads the Python of a conda.yaml with %s', (_, condaYaml, expected) => {
    expect(readPythonEnvironment({ condaYaml, pythonVersion: '3.13.0' }).pythonMinor).toBe(expected);
  });

  it('does not use constraints that nothing refers to', () => {
    const files = { pythonEnvYaml: PYTHON_ENV, requirementsTxt: 'a', constraintsTxt: 'b==1' };
    expect(readPythonEnvironment(files).constraints).toEqual([]);
  });

  it.each<[string, EnvironmentFiles]>([
    ['nothing at all', {}],
    ['no Python version', { requirementsTxt: 'a' }],
    ['a Python version that is none', { requirementsTxt: 'a', pythonVersion: 'three' }],
    ['a missing requirements.txt', { pythonEnvYaml: PYTHON_ENV }],
    ['a missing constraints.txt', { requirementsTxt: '-c constraints.txt', pythonVersion: '3.11' }],
    ['another requirements file', { requirementsTxt: '-r more.txt', pythonVersion: '3.11' }],
    ['a file that refers to itself', { requirementsTxt: '-r requirements.txt', pythonVersion: '3.11' }],
    ['a path upwards', { requirementsTxt: '-r ../requirements.txt', pythonVersion: '3.11' }],
    ['broken YAML', { pythonEnvYaml: 'a: [', requirementsTxt: 'a' }],
    ['YAML that is a list', { pythonEnvYaml: '- a', requirementsTxt: 'a' }],
    ['dependencies that are a mapping', { pythonEnvYaml: 'python: 3.11\ndependencies: [{a: b}]' }],
    ['conda dependencies that are a text', { condaYaml: 'dependencies: python=3.8' }],
    ['a pip list that is a text', { condaYaml: 'dependencies: ["python=3.8", {pip: a}]' }],
  ])('throws MODEL_BROKEN for %s', (_, files) => {
    expect(codeOf(() => readPythonEnvironment(files))).toBe('MODEL_BROKEN');
  });

  it('never throws anything but MODEL_BROKEN', () => {
    const text = fc.option(
      fc.oneof(fc.string(), fc.constantFrom(PYTHON_ENV, CONDA, '-r requirements.txt', 'a==1')),
      {
        nil: undefined,
      },
    );
    const files = fc.record({
      pythonVersion: text,
      pythonEnvYaml: text,
      requirementsTxt: text,
      constraintsTxt: text,
      condaYaml: text,
    });
    fc.assert(
      fc.property(files, (given) => {
        try {
          readPythonEnvironment(given);
        } catch (error) {
          expect(error).toBeInstanceOf(CaissonError);
          expect((error as CaissonError).code).toBe('MODEL_BROKEN');
        }
      }),
      { numRuns: runs(1000) },
    );
  });
});
