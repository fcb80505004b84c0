import { describe, expect, it } from 'vitest';
import { parseRequirements } from '../../../src/model/requirement.ts';
import { planEnvironment } from '../../../src/plan/environment.ts';
import type { EnvironmentRequest } from '../../../src/plan/environment-request.ts';
import { codeOf } from '../../support/errors.ts';
import { ENVIRONMENT_REQUEST, resolvedModel } from '../../support/planned-images.ts';

const FILES = {
  'requirements.txt':
    '-c constraints.txt\nmlflow\nscikit-learn==1.5.0\nOwn_Pkg @ https://example.org/own.whl\n',
  'constraints.txt': 'numpy<2.3\n',
  'wheels/own-2-py3-none-any.whl': '',
};

const planned = (request: Partial<EnvironmentRequest>, files: Readonly<Record<string, string>> = FILES) =>
  planEnvironment(resolvedModel({ files }), { ...ENVIRONMENT_REQUEST, ...request });
const texts = (request: Partial<EnvironmentRequest>) =>
  planned(request).model.environment.requirements.map(({ text }) => text);

describe('planEnvironment', () => {
  it('is the model’s environment when nothing is asked', () => {
    const model = resolvedModel({ files: FILES });
    expect(planEnvironment(model, ENVIRONMENT_REQUEST)).toEqual({ model, notes: [], warnings: [] });
  });

  it('adds requirements behind the model’s', () => {
    const requirements = parseRequirements('nltk>=3\n--extra-index-url https://more.example/simple');
    expect(texts({ requirements }).slice(-2)).toEqual([
      'nltk>=3',
      '--extra-index-url https://more.example/simple',
    ]);
    expect(planned({ requirements }).notes).toEqual([]);
  });

  it('replaces those of the same name, whatever its spelling, and says so', () => {
    const requirements = parseRequirements('Scikit_Learn==1.5.2\nown.pkg @ ./wheels/own-2-py3-none-any.whl');
    expect(texts({ requirements })).toEqual([
      'mlflow',
      'Scikit_Learn==1.5.2',
      'own.pkg @ ./wheels/own-2-py3-none-any.whl',
    ]);
    expect(planned({ requirements }).notes).toEqual([
      "'scikit-learn==1.5.0' of the model gives way to what was asked for",
      "'Own_Pkg @ https://example.org/own.whl' of the model gives way to what was asked for",
    ]);
  });

  it('has nothing to say about a requirement that the model has too', () => {
    const requirements = parseRequirements('scikit-learn==1.5.0');
    expect(planned({ requirements }).notes).toEqual([]);
    expect(texts({ requirements }).filter((text) => text.startsWith('scikit'))).toHaveLength(1);
  });

  it('keeps all requirements of one name that were asked for: their markers may differ', () => {
    const requirements = parseRequirements('x==1; python_version<"3.10"\nx==2; python_version>="3.10"');
    expect(texts({ requirements }).slice(-2)).toEqual(requirements.map(({ text }) => text));
  });

  it('does the same for constraints', () => {
    const constraints = parseRequirements('numpy<2\nscipy<1.15');
    expect(planned({ constraints }).model.environment.constraints).toEqual(constraints);
  });

  it('takes paths from the model, and refuses those of the host', () => {
    const of = (text: string) => () => planned({ requirements: parseRequirements(text) });
    expect(codeOf(of('./wheels/own-2-py3-none-any.whl'))).toBeUndefined();
    for (const text of ['./own.whl', '/srv/own.whl', 'x @ file:///srv/own.whl', '../own'])
      expect(codeOf(of(text))).toBe('USAGE');
  });

  it('names a constraint, and not the model, when a path of the host is one', () => {
    const constraints = parseRequirements('./own.whl');
    expect(() => planned({ constraints })).toThrow(/the constraint '\.\/own\.whl' names a file/);
    expect(codeOf(() => planned({ constraints }))).toBe('USAGE');
  });

  it.each(['https://me:pw@conda.example/main', 'https://conda.example/t/tk-1234/main'])(
    'warns of the login %j in a conda.yaml that goes into the image as it is',
    (channel) => {
      const conda = `channels: ["${channel}"]\ndependencies: ["python=3.11"]\n`;
      const { warnings } = planned({}, { ...FILES, 'conda.yaml': conda });
      expect(warnings).toEqual([expect.stringContaining('conda.yaml of the model holds a login')]);
      expect(warnings.join('')).not.toMatch(/pw|tk-1234/);
    },
  );

  it('takes conda’s packages from conda, and from nowhere else', () => {
    const conda = 'channels: [conda-forge]\ndependencies: ["python=3.11", "numpy=1.26", mkl]\n';
    const plan = planned({ manager: 'conda' }, { ...FILES, 'conda.yaml': conda });
    expect(plan.conda).toEqual({
      channels: ['conda-forge'],
      packages: ['python=3.11', 'numpy=1.26', 'mkl'],
    });
    expect(plan.model.environment.requirements.map(({ text }) => text)).not.toContain('numpy==1.26.*');
    expect(codeOf(() => planned({ manager: 'conda' }))).toBe('USAGE');
  });

  it('hands on what torch needs', () => {
    const requirements = parseRequirements('torch==2.3.1');
    expect(planned({ requirements, torch: 'cpu' }).torchBackend).toBe('cpu');
    expect(planned({ requirements }).notes).toEqual([expect.stringContaining('--torch cpu')]);
  });
});
