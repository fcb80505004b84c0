import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dockerfileWord, shellWord } from '../../../src/image/quoting.ts';
import { codeOf } from '../../support/errors.ts';
import { hostileText } from '../../support/hostile-text.ts';

describe('dockerfileWord', () => {
  it('quotes what the builder gives a meaning', () => {
    expect(dockerfileWord('a "b" $c ${d} \\ e')).toBe('"a \\"b\\" \\$c \\${d} \\\\ e"');
    expect(dockerfileWord('')).toBe('""');
  });

  it.each(['a\nb', 'a\rb', '\0', '\u2028', '\u0085', '\uDC00'])('refuses %j', (text) => {
    expect(codeOf(() => dockerfileWord(text))).toBe('INTERNAL');
    expect(codeOf(() => shellWord(text))).toBe('INTERNAL');
  });
});

describe('shellWord', () => {
  it('leaves plain words alone', () => {
    expect(shellWord('https://example.org/simple')).toBe('https://example.org/simple');
    expect(shellWord('')).toBe("''");
  });

  it('is one argument to a real shell', () => {
    const words = fc.sample(hostileText, 400);
    const script = `printf '%s\\0' ${words.map(shellWord).join(' ')}`;
    const printed = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
    expect(printed.split('\0').slice(0, -1)).toEqual(words);
  });
});
