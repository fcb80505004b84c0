import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvFields } from '../../../../src/commands/grammar/csv-fields.ts';
import { parseSecret } from '../../../../src/commands/grammar/secret.ts';
import { parseSsh } from '../../../../src/commands/grammar/ssh-agent.ts';
import { codeOf } from '../../../support/errors.ts';

describe('--secret', () => {
  it.each([
    ['id=a,src=x', { kind: 'file', path: 'x' }],
    ['id=a,source=/x/y=z', { kind: 'file', path: '/x/y=z' }],
    ['type=file,id=a,src=x', { kind: 'file', path: 'x' }],
    ['src=x,ID=a', { kind: 'file', path: 'x' }],
    ['id=a,env=NAME', { kind: 'variable', name: 'NAME' }],
    ['type=env,id=a,env=NAME', { kind: 'variable', name: 'NAME' }],
    ['type=env,id=a,src=NAME', { kind: 'variable', name: 'NAME' }],
    ['id=a', { kind: 'unsaid' }],
    ['id=a,"src=one, ""two"""', { kind: 'file', path: 'one, "two"' }],
  ])('takes %j', (text, place) => {
    expect(parseSecret(text)).toEqual({ id: 'a', place });
  });

  it.each([
    ['', 'not a field'],
    ['src=x', 'no id'],
    ['a', 'a part without ='],
    ['id=', "''"],
    ['id=../x,src=y', "'../x'"],
    ['id=a b', "'a b'"],
    ['id=a,src=x,target=/etc', "'target'"],
    ['id=a,src=x,env=Y', 'a file and a variable'],
    ['id=a,src=x,source=y', "'src' stands twice"],
    ['id=a,type=ssh', "'ssh'"],
    ['id=a,src=', 'names nothing'],
    ['id=a,"src=x', 'no id'],
  ])('refuses %j', (text, reason) => {
    expect(() => parseSecret(text)).toThrow(reason);
    expect(codeOf(() => parseSecret(text))).toBe('USAGE');
  });

  it.each([
    'id=x,value=hunter22',
    'id=x,hunter22',
    'id=x,src=a,env=hunter22',
    'id=x,type=file,src=,env=hunter22',
  ])('does not repeat the value in %j', (text) => {
    expect(() => parseSecret(text)).toThrow(/--secret/);
    expect(() => parseSecret(text)).not.toThrow(/hunter22/);
  });

  it('reads every file name that CSV can quote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (path) => {
        const text = `id=x,"src=${path.replaceAll('"', '""')}"`;
        expect(parseSecret(text)).toEqual({ id: 'x', place: { kind: 'file', path } });
      }),
    );
  });
});

describe('fields of CSV', () => {
  it.each([
    ['', ['']],
    ['a', ['a']],
    ['a,b', ['a', 'b']],
    [',a,', ['', 'a', '']],
    ['"a,""b""",c', ['a,"b"', 'c']],
    ['""', ['']],
    ['a"b', undefined],
    ['"a', undefined],
    ['"a"b', undefined],
  ])('%j', (line, fields) => {
    expect(csvFields(line)).toEqual(fields);
  });
});

describe('--ssh', () => {
  it('is the default agent, or one at a socket', () => {
    expect(parseSsh('default')).toEqual({ socket: undefined });
    expect(parseSsh('default=/run/a=b.sock')).toEqual({ socket: '/run/a=b.sock' });
  });

  it.each(['', 'other', 'default=', '/run/agent.sock', '=x'])('refuses %j', (text) => {
    expect(codeOf(() => parseSsh(text))).toBe('USAGE');
  });
});
