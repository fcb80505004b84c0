import type { OptionSpec } from './spec.ts';

/** Options that every command has. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'progress',
    kind: 'value',
    placeholder: 'KIND',
    summary: 'how the work is shown on stderr; json is one event a line',
    choices: ['auto', 'tty', 'plain', 'json', 'quiet'],
    default: 'auto',
  },
  {
    name: 'output',
    kind: 'value',
    placeholder: 'FORM',
    summary: 'how the answer is printed on stdout; json is one object',
    choices: ['text', 'json'],
    default: 'text',
  },
  { name: 'verbose', kind: 'flag', summary: 'show the causes and the stack of an error' },
];
