import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { complete, completionAsked, formatCompletion } from '../../../src/cli/complete.ts';
import { COMPLETION_SCRIPTS } from '../../../src/commands/completion/scripts.ts';
import { COMMANDS } from '../../../src/commands/index.ts';
import { suiteFolder } from '../../support/test-folders.ts';

const folder = suiteFolder();

/** Answers of the program for the questions that are asked here: starting it for each would test no more. */
const QUESTIONS = [['ru'], ['run', '--mem'], ['run', '--progress', ''], ['run', '--env-file', 'so']];

const has = (shell: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((path) => existsSync(join(path, shell)));

beforeAll(() => {
  const cases = QUESTIONS.map((words) => {
    const answer = formatCompletion(
      complete(completionAsked(['__complete', '--', ...words]) ?? [], COMMANDS),
    );
    return `  '${words.join('|')}') printf '%s' '${answer.replaceAll("'", `'\\''`)}' ;;`;
  });
  const program = [
    '#!/bin/sh',
    'shift 2; words=$1; shift',
    'for word; do words="$words|$word"; done',
    'case "$words" in',
    ...cases,
    'esac',
  ];
  mkdirSync(join(folder.path, 'bin'));
  writeFileSync(join(folder.path, 'bin', 'caisson'), program.join('\n'));
  chmodSync(join(folder.path, 'bin', 'caisson'), 0o755);
  for (const [shell, script] of Object.entries(COMPLETION_SCRIPTS))
    writeFileSync(join(folder.path, `script.${shell}`), script);
  writeFileSync(join(folder.path, 'some.env'), '');
});

const inShell = (argv: readonly [string, ...string[]]): readonly string[] => {
  const [command, ...rest] = argv;
  const PATH = `${join(folder.path, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  const output = execFileSync(command, rest, {
    cwd: folder.path,
    env: { PATH, HOME: folder.path },
    encoding: 'utf8',
  });
  return output.split('\n').filter((line) => line !== '');
};

describe.skipIf(!has('bash'))('completion in bash', () => {
  const completed = (...words: readonly string[]): readonly string[] =>
    inShell([
      'bash',
      '-c',
      `source script.bash; COMP_WORDS=(caisson "$@"); COMP_CWORD=$#; _caisson; printf '%s\\n' "\${COMPREPLY[@]}"`,
      'bash',
      ...words,
    ]);

  it('offers commands, options and values', () => {
    expect(completed('ru')).toEqual(['run']);
    expect(completed('run', '--mem')).toEqual(['--memory', '--memory-swap']);
    expect(completed('run', '--progress', '')).toContain('json');
    expect(completed('run', '--env-file', 'so')).toEqual([]);
  });
});

describe.skipIf(!has('zsh'))('completion in zsh', () => {
  it('offers words with their summaries, and paths', () => {
    const program = `
      compdef() { :; }
      _describe() { print -rl -- "\${(@P)4}"; }
      _files() { print -r -- files; }
      source script.zsh
      words=(caisson "$@"); CURRENT=$#words
      _caisson`;
    const completed = (...words: readonly string[]): readonly string[] =>
      inShell(['zsh', '-fc', program, 'zsh', ...words]);
    expect(completed('ru')[0]).toMatch(/^run:run an image/);
    expect(completed('run', '--env-file', 'so')).toEqual(['files']);
  });
});

describe.skipIf(!has('fish'))('completion in fish', () => {
  it('offers words with their summaries, and paths', () => {
    const completed = (line: string): readonly string[] =>
      inShell(['fish', '--no-config', '-c', `source script.fish; complete --do-complete '${line}'`]);
    expect(completed('caisson ru')[0]).toMatch(/^run\trun an image/);
    expect(completed('caisson run --progress ')).toContain('json');
    expect(completed('caisson run --env-file so')).toEqual(['some.env']);
  });
});
