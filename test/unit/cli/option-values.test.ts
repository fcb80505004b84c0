import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../src/cli/option-values.ts';
import { parseLine } from '../../../src/cli/program.ts';
import { COMMANDS } from '../../../src/commands/index.ts';
import { commandsOf, type OptionSpec } from '../../../src/commands/spec.ts';
import { codeOf } from '../../support/errors.ts';

const SPECS: readonly OptionSpec[] = [
  { name: 'base-image', kind: 'value', summary: '' },
  { name: 'builder', kind: 'value', summary: '', choices: ['auto', 'classic'], default: 'auto' },
  { name: 'push', kind: 'flag', summary: '' },
  { name: 'tag', kind: 'list', summary: '' },
];

describe('option values', () => {
  it('come from the command line, else the variable, else the default', () => {
    const environment = { CAISSON_BASE_IMAGE: 'from-env', CAISSON_BUILDER: 'classic' };
    expect(readOptions(SPECS, { 'base-image': 'typed' }, environment).value('base-image')).toBe('typed');
    expect(readOptions(SPECS, {}, environment).value('base-image')).toBe('from-env');
    expect(readOptions(SPECS, {}, environment).required('builder')).toBe('classic');
    expect(readOptions(SPECS, {}, {}).required('builder')).toBe('auto');
    expect(readOptions(SPECS, {}, {}).value('base-image')).toBeUndefined();
  });

  it('of flags and lists come from the command line alone', () => {
    const options = readOptions(SPECS, {}, { CAISSON_PUSH: '1', CAISSON_TAG: 'x' });
    expect([options.flag('push'), options.list('tag'), options.isTyped('push')]).toEqual([false, [], false]);
    const typed = readOptions(SPECS, { push: true, tag: ['a', 'b'] }, {});
    expect([typed.flag('push'), typed.list('tag'), typed.isTyped('push')]).toEqual([true, ['a', 'b'], true]);
  });

  it('of an option that does not exist are a bug', () => {
    expect(codeOf(() => readOptions(SPECS, {}, {}).flag('psuh'))).toBe('INTERNAL');
    expect(codeOf(() => readOptions(SPECS, {}, {}).required('base-image'))).toBe('INTERNAL');
  });
});

describe('every option of every command', () => {
  it.each(
    commandsOf(COMMANDS).flatMap(({ words, spec }) =>
      spec.options.map((option) => [`${words} --${option.name}`, { words, spec, option }] as const),
    ),
  )('%s is found on the command line', (_, { words: command, spec, option }) => {
    const subject = spec.argument === undefined ? [] : ['subject'];
    const value = option.choices?.[0] ?? 'value';
    const words = option.kind === 'flag' ? [`--${option.name}`] : [`--${option.name}`, value];
    const argv = [
      ...command.split(' '),
      ...subject,
      ...words,
      ...(option.kind === 'list' ? [`--${option.name}`, 'second'] : []),
    ];
    const line = parseLine(argv, { commands: COMMANDS, version: '0' });
    const expected = { flag: true, value, list: [value, 'second'] }[option.kind];
    expect(line).toMatchObject({
      kind: 'invocation',
      invocation: { arguments: subject, options: { [option.name]: expected } },
    });
    if (line.kind === 'invocation') expect(Object.keys(line.invocation.options)).toEqual([option.name]);
  });

  it('has names, shorts and variables of its own', () => {
    for (const { spec } of commandsOf(COMMANDS)) {
      const words = spec.options.flatMap(({ name, short }) => [
        name,
        ...(short === undefined ? [] : [short]),
      ]);
      expect(new Set(words).size).toBe(words.length);
    }
  });
});
