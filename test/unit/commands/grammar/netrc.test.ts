import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNetrc, writeNetrc } from '../../../../src/commands/grammar/netrc.ts';
import { codeOf } from '../../../support/errors.ts';

const ascii = fc.string({ unit: 'grapheme-ascii', minLength: 1 });

describe('a netrc file', () => {
  it('is one line an entry, quoted where that is needed', () => {
    const text = writeNetrc([
      { machine: 'a.example', login: 'me', password: `p%a's#s@:/` },
      { machine: undefined, login: '#1', password: 'a "b" \\c' },
    ]);
    expect(text).toBe(
      `machine a.example login me password p%a's#s@:/\ndefault login "#1" password "a \\"b\\" \\\\c"\n`,
    );
  });

  it('gives back every login that it can carry', () => {
    const entry = fc.record({ machine: fc.domain(), login: ascii, password: ascii });
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        expect(parseNetrc(writeNetrc(entries))).toEqual(entries);
      }),
    );
  });

  it.each(['pässword', 'two\nlines', 'nul\0'])('refuses %j without showing it', (password) => {
    const write = (): string => writeNetrc([{ machine: 'a.example', login: 'me', password }]);
    expect(codeOf(write)).toBe('USAGE');
    expect(write).toThrow(/^the login for 'a\.example' holds characters/);
  });

  it.each([
    ['machine a login b password c', [['a', 'b', 'c']]],
    ['machine a\n\tlogin b\r\n\tpassword c\r\n', [['a', 'b', 'c']]],
    ['machine a password c account d user b', [['a', 'b', 'c']]],
    ['# machine x "\nmachine a login b password #c # machine y\n', [['a', 'b', '#c']]],
    [
      'machine a login b password c\nmacdef init\nmachine x\n\nmachine d login e password f',
      [
        ['a', 'b', 'c'],
        ['d', 'e', 'f'],
      ],
    ],
    ['default login b password c', [[undefined, 'b', 'c']]],
    ['machine machine login login password password', [['machine', 'login', 'password']]],
    ['machine a login b', [['a', 'b', '']]],
    ['login b password c machine', []],
    ['machine a login b password "un ended', [['a', 'b', 'un ended']]],
    ['', []],
  ])('reads %j', (text, entries) => {
    expect(parseNetrc(text).map(({ machine, login, password }) => [machine, login, password])).toEqual(
      entries,
    );
  });

  it('reads any text to its end, in time', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('machine ', 'login ', '"', '\\', '#', '\n', 'macdef ', 'x') }),
        (text) => {
          parseNetrc(text);
        },
      ),
    );
    const start = Date.now();
    for (const part of ['login ', 'macdef x\n', '# x\n', '"a\\', 'machine "'])
      parseNetrc(part.repeat(50_000));
    expect(Date.now() - start).toBeLessThan(5000);
  });
});
