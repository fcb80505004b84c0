import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAssignment, resolveAssignments } from '../../../../src/commands/grammar/assignment.ts';
import { parseBuildArgs } from '../../../../src/commands/grammar/build-args.ts';
import { isSecretName, parseImageEnv } from '../../../../src/commands/grammar/image-env.ts';
import { parseLabels } from '../../../../src/commands/grammar/labels.ts';
import { codeOf } from '../../../support/errors.ts';

const host: Readonly<Record<string, string>> = { FROM_HOST: 'host value', EMPTY: '' };
const lookup = (name: string): string | undefined => host[name];

describe('NAME=VALUE', () => {
  it('splits at the first = and keeps every other', () => {
    expect(parseAssignment('A=b=c', 'env')).toEqual({ name: 'A', value: 'b=c' });
    expect(parseAssignment('A=', 'env')).toEqual({ name: 'A', value: '' });
    expect(parseAssignment('A', 'env')).toEqual({ name: 'A', value: undefined });
  });

  it('gives back any name and value that were joined', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[^=]+$/), fc.string(), (name, value) => {
        expect(parseAssignment(`${name}=${value}`, 'env')).toEqual({ name, value });
      }),
    );
  });

  it.each(['', '=', '=value'])('refuses %j, which has no name', (text) => {
    expect(codeOf(() => parseAssignment(text, 'env'))).toBe('USAGE');
  });

  it('takes a bare name from the caller, an empty value included, and drops one that is not set', () => {
    const given = ['FROM_HOST', 'EMPTY', 'NOT_SET'].map((text) => parseAssignment(text, 'env'));
    expect(resolveAssignments(given, lookup)).toEqual({ FROM_HOST: 'host value', EMPTY: '' });
  });

  it('lets the later of two equal names win', () => {
    const given = ['A=1', 'A=2'].map((text) => parseAssignment(text, 'env'));
    expect(resolveAssignments(given, lookup)).toEqual({ A: '2' });
  });
});

describe('--build-arg', () => {
  it('takes values from the caller and declares every name', () => {
    expect(parseBuildArgs(['A=1', 'FROM_HOST', 'NOT_SET'], lookup)).toEqual({
      values: { A: '1', FROM_HOST: 'host value' },
      declared: ['A', 'FROM_HOST', 'NOT_SET'],
    });
  });

  it.each(['1A=x', 'a-b=x', 'a b=x'])('refuses %j: a Dockerfile cannot declare it', (text) => {
    expect(codeOf(() => parseBuildArgs([text], lookup))).toBe('USAGE');
  });
});

describe('--env of an image and --label', () => {
  it('wants names that a Dockerfile can hold', () => {
    expect(parseImageEnv(['LOG_LEVEL=debug', 'FROM_HOST'], lookup)).toEqual({
      LOG_LEVEL: 'debug',
      FROM_HOST: 'host value',
    });
    expect(codeOf(() => parseImageEnv(['A B=1'], lookup))).toBe('USAGE');
  });

  it('tells names that mostly hold a secret', () => {
    for (const name of ['AWS_SECRET_ACCESS_KEY', 'HF_TOKEN', 'DB_PASSWORD', 'openai_api_key', 'TOKEN'])
      expect(isSecretName(name), name).toBe(true);
    for (const name of ['LOG_LEVEL', 'TOKENIZERS_PARALLELISM', 'KEYBOARD', 'PORT'])
      expect(isSecretName(name), name).toBe(false);
  });

  it('gives a bare label the empty value', () => {
    expect(parseLabels(['org.example.team=ml', 'bare', 'a=b=c'])).toEqual({
      'org.example.team': 'ml',
      bare: '',
      a: 'b=c',
    });
  });
});
