import { describe, expect, it } from 'vitest';
import { parseServerVariables } from '../../../scripts/support/server-variables.mjs';

const file = (...lines: readonly string[]): string =>
  ['"""Docs."""', '', 'VARIABLES: Mapping[str, str] = {', ...lines, '}', '', 'OTHER = {', '}', ''].join('\n');

describe('the table of the server’s variables', () => {
  it('is read in its order, escapes and all', () => {
    const source = file('    "PORT": "the port, `5001` | {x}",', '    "A_1": "a \\"b\\" \\\\ ü",');
    expect(parseServerVariables(source)).toEqual([
      ['PORT', 'the port, `5001` | {x}'],
      ['A_1', 'a "b" \\ ü'],
    ]);
  });

  it.each([
    ['no table', 'VARIABLES = read()\n'],
    ['another type', file('    "A": "a",').replace('Mapping', 'Dict')],
    ['a table without an end', file('    "A": "a",').replace(/^\}$/gm, ' }')],
    ['an empty table', file()],
    ['a name twice', file('    "A": "a",', '    "A": "b",')],
    ['a meaning on the next line', file('    "A":', '    "a",')],
    ['a text in parentheses', file('    "A": (', '        "a"', '    ),')],
    ['two texts in a row', file('    "A": "a" "b",')],
    ['single quotes', file("    'A': 'a',")],
    ['a formatted text', file('    "A": f"a {B}",')],
    ['an escape that only Python knows', file('    "A": "\\x41",')],
    ['a name that is computed', file('    NAME: "a",')],
    ['no meaning', file('    "A": "",')],
    ['no comma', file('    "A": "a"')],
    ['a comment', file('    "A": "a",  # b')],
    ['more of another table', file('    **MORE,')],
    ['two entries on a line', file('    "A": "a", "B": "b",')],
  ])('is refused: %s', (_, source) => {
    expect(() => parseServerVariables(source)).toThrow(SyntaxError);
  });
});
