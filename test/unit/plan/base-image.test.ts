import { describe, expect, it } from 'vitest';
import { chooseBaseImage } from '../../../src/plan/base-image.ts';
import type { EnvironmentRequest } from '../../../src/plan/environment-request.ts';
import { codeOf } from '../../support/errors.ts';

interface Asked extends Partial<Pick<EnvironmentRequest, 'python' | 'manager'>> {
  readonly baseImage?: string;
}

const choose = ({ baseImage, ...environment }: Asked, pythonExact: string | undefined = '3.11.7') =>
  chooseBaseImage(
    { pythonMinor: '3.11', ...(pythonExact === '' ? {} : { pythonExact }) },
    { baseImage, environment: { manager: 'uv', ...environment } },
  );

describe('chooseBaseImage', () => {
  it.each<[Asked, string]>([
    [{}, 'python:3.11-slim'],
    [{ python: 'model' }, 'python:3.11.7-slim'],
    [{ python: '3.11' }, 'python:3.11-slim'],
    [{ python: '3.11.2' }, 'python:3.11.2-slim'],
    [{ baseImage: 'x/y:1' }, 'x/y:1'],
    [{ manager: 'conda' }, 'mambaorg/micromamba:2.3.3'],
    [{ manager: 'conda', baseImage: 'own/micromamba' }, 'own/micromamba'],
  ])('%j is %s', (asked, baseImage) => {
    expect(choose(asked)).toMatchObject({ baseImage, warnings: [] });
  });

  it('warns of another minor version than the model’s', () => {
    expect(choose({ python: '3.12.1' })).toEqual({
      baseImage: 'python:3.12.1-slim',
      pythonMinor: '3.12',
      warnings: ['the model was made with Python 3.11, and the image gets 3.12.1'],
    });
  });

  it('lets a newer Python be tried on a model that is too old', () => {
    const environment = { manager: 'uv' } as const;
    expect(codeOf(() => chooseBaseImage({ pythonMinor: '3.7' }, { environment }))).toBe('MODEL_BROKEN');
    const asked = { environment: { ...environment, python: '3.9' } };
    expect(chooseBaseImage({ pythonMinor: '3.7' }, asked).baseImage).toBe('python:3.9-slim');
    const model = { environment: { ...environment, python: 'model' } };
    expect(codeOf(() => chooseBaseImage({ pythonMinor: '3.7', pythonExact: '3.7.1' }, model))).toBe(
      'MODEL_BROKEN',
    );
  });

  it.each<Asked>([
    { python: '3' },
    { python: '2.7' },
    { python: '3.7' },
    { python: '3.12-slim' },
    { python: '3.12.0.1' },
    { python: '' },
    { python: '3.12', baseImage: 'python:3.12' },
    { python: '3.11', manager: 'conda' },
    { baseImage: '-x' },
  ])('refuses %j', (asked) => {
    expect(codeOf(() => choose(asked))).toBe('USAGE');
  });

  it('does not guess an exact version that the model does not say', () => {
    expect(codeOf(() => choose({ python: 'model' }, ''))).toBe('USAGE');
  });
});
