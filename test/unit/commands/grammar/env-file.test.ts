import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readContainerEnv } from '../../../../src/commands/grammar/container-env.ts';
import { parseEnvFile } from '../../../../src/commands/grammar/env-file.ts';
import { CaissonError } from '../../../../src/core/errors.ts';
import { rejection } from '../../../support/errors.ts';

const lookup = (name: string): string | undefined => (name === 'FROM_HOST' ? 'host value' : undefined);
const parse = (text: string): unknown =>
  Object.fromEntries(parseEnvFile(text, { path: 'a.env', lookup }).map(({ name, value }) => [name, value]));

describe('--env-file, by docker’s rules', () => {
  it('takes values as they stand: quotes, spaces, # and = are part of them', () => {
    expect(parse('A="quoted"\nB= spaced \nC=x # no comment\nD=a=b\nE=')).toEqual({
      A: '"quoted"',
      B: ' spaced ',
      C: 'x # no comment',
      D: 'a=b',
      E: '',
    });
  });

  it('skips empty lines, comments and white space before a name; a byte order mark and \\r are not content', () => {
    expect(parse('\uFEFFA=1\r\n\r\n# comment\n   # indented\n\t B=2')).toEqual({ A: '1', B: '2' });
  });

  it('takes a bare name from the caller and drops one that is not set', () => {
    expect(parse('FROM_HOST\nNOT_SET')).toEqual({ FROM_HOST: 'host value' });
  });

  it.each([
    ['A=1\n=2', "line 2 of 'a.env' has no variable name"],
    ['A B=1', "line 1 of 'a.env': variable 'A B' contains whitespace"],
    ['export A=1', "line 1 of 'a.env': variable 'export A' contains whitespace"],
    ['A =1', "line 1 of 'a.env': variable 'A ' contains whitespace"],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('gives back any value of one line', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[^\n\r]*$/), (value) => {
        expect(parse(`NAME=${value}\nOTHER=1`)).toEqual({ NAME: value, OTHER: '1' });
      }),
    );
  });
});

describe('the variables of a container', () => {
  const files: Readonly<Record<string, string>> = { 'a.env': 'A=file\nB=file', 'b.env': 'B=second' };
  const readTextFile = (path: string): Promise<string> => {
    const text = files[path];
    if (text === undefined) return Promise.reject(new CaissonError('FILE_NOT_READABLE', path));
    return Promise.resolve(text);
  };

  it('lets later files win over earlier ones and -e over all', async () => {
    const given = { env: ['A=typed', 'FROM_HOST'], envFiles: ['a.env', 'b.env'] };
    expect(await readContainerEnv(given, { lookup, readTextFile })).toEqual({
      A: 'typed',
      B: 'second',
      FROM_HOST: 'host value',
    });
  });

  it('tells of a file that is not there', async () => {
    const failed = readContainerEnv({ env: [], envFiles: ['c.env'] }, { lookup, readTextFile });
    expect((await rejection(failed)).code).toBe('FILE_NOT_READABLE');
  });
});
