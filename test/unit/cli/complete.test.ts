import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complete, completionAsked, formatCompletion } from '../../../src/cli/complete.ts';
import { COMMANDS } from '../../../src/commands/index.ts';
import { commandsOf } from '../../../src/commands/spec.ts';

const wordsOf = (...typed: readonly string[]): readonly string[] =>
  complete(typed, COMMANDS).words.map(({ word }) => word);
const restOf = (...typed: readonly string[]): string => complete(typed, COMMANDS).rest;

describe('the completion of a command line', () => {
  it('knows every command, and those behind a word', () => {
    expect(wordsOf('')).toEqual(COMMANDS.map(({ name }) => name));
    expect(wordsOf('bu')).toEqual(['build-image']);
    expect(wordsOf('cache', '')).toEqual(['ls', 'prune', 'verify']);
    expect(wordsOf('no-such-command', '')).toEqual(COMMANDS.map(({ name }) => name));
  });

  it('knows the options of the command, and the global ones', () => {
    expect(wordsOf('run', '--mem')).toEqual(['--memory', '--memory-swap']);
    expect(wordsOf('build', '--prog')).toEqual(['--progress']);
    expect(wordsOf('--out')).toEqual(['--output']);
    expect(wordsOf('run', '--hel')).toEqual(['--help']);
  });

  it('knows the values of an option, in each way to write them', () => {
    const kinds = ['auto', 'tty', 'plain', 'json', 'quiet'];
    expect(wordsOf('run', '--progress', '')).toEqual(kinds);
    expect(wordsOf('--progress', '')).toEqual(kinds);
    expect(wordsOf('run', '--progress=p')).toEqual(['--progress=plain']);
    // as bash cuts it
    expect(wordsOf('run', '--progress', '=', 'p')).toEqual(['plain']);
    expect(wordsOf('run', '--pull', 'm')).toEqual(['missing']);
  });

  it('leaves paths to the shell where they fit', () => {
    expect(restOf('run', '--env-file', '')).toBe('files');
    expect(restOf('run', '-v', '')).toBe('files');
    expect(restOf('build-image', './mo')).toBe('files');
    expect(restOf('cache', 'ls', '')).toBe('done');
    expect(restOf('run', '--pull', '')).toBe('done');
  });

  it('takes what follows a flag, or the value of an option, for itself', () => {
    expect(wordsOf('run', '--detach', '--mem')).toEqual(['--memory', '--memory-swap']);
    expect(wordsOf('run', '-e', '--mem', '--mem')).toEqual(['--memory', '--memory-swap']);
  });

  it('completes every option of every command', () => {
    for (const { words, spec } of commandsOf(COMMANDS))
      expect(wordsOf(...words.split(' '), '--')).toEqual(
        expect.arrayContaining(spec.options.map(({ name }) => `--${name}`)),
      );
  });

  it('answers something to any words', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (typed) => {
        expect(['files', 'done']).toContain(restOf(...typed));
      }),
    );
  });
});

describe('the question of a shell', () => {
  it('is a word that no user types', () => {
    expect(completionAsked(['__complete', '--', 'run', ''])).toEqual(['run', '']);
    expect(completionAsked(['run'])).toBeUndefined();
  });

  it('is answered a word a line, the directive last', () => {
    expect(formatCompletion({ words: [{ word: 'run', summary: 'run it' }], rest: 'done' })).toBe(
      'run\trun it\n:done\n',
    );
  });
});
