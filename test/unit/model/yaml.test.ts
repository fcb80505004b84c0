import { describe, expect, it } from 'vitest';
import { asMapping, asText, parseYaml } from '../../../src/model/yaml.ts';

describe('parseYaml', () => {
  it('keeps every scalar as it is written', () => {
    expect(parseYaml('a: 1e5\nb: 3.10\nc: true\nd: null\ne: 0o7\n', 'x')).toEqual({
      a: '1e5',
      b: '3.10',
      c: 'true',
      d: 'null',
      e: '0o7',
    });
  });

  it('follows the anchors that PyYAML writes', () => {
    expect(parseYaml('a: &id001\n  - x\nb: *id001\n', 'x')).toEqual({ a: ['x'], b: ['x'] });
  });

  it('takes tags of Python as their content', () => {
    expect(parseYaml('a: !!python/tuple [1, 2]\n', 'x')).toEqual({ a: ['1', '2'] });
  });

  it('gives null for nothing', () => {
    expect(parseYaml('', 'x')).toBeNull();
    expect(parseYaml('# only a comment\n', 'x')).toBeNull();
  });

  it('refuses an alias bomb', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const lines = names.map((name, i) => {
      const item = i === 0 ? 'x' : `*${names[i - 1]!}`;
      return `${name}: &${name} [${Array(9).fill(item).join(', ')}]`;
    });
    expect(() => parseYaml(lines.join('\n'), 'MLmodel')).toThrow("'MLmodel' is not YAML that can be read");
  });

  it.each([
    ['flow lists', '['.repeat(50_000)],
    ['closed flow lists', '['.repeat(5000) + ']'.repeat(5000)],
    ['lists in one line', `${'- '.repeat(5000)}x`],
    ['maps as keys', '{'.repeat(5000)],
    ['explicit keys', `${'? '.repeat(5000)}x`],
  ])('refuses %s nested without end, and goes on living', (_, text) => {
    expect(() => parseYaml(text, 'x')).toThrow(expect.objectContaining({ code: 'MODEL_BROKEN' }));
  });

  it('does not touch the prototype', () => {
    const value = parseYaml('__proto__:\n  polluted: yes\n', 'x');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(asMapping(value)!)).toEqual(['__proto__']);
  });
});

describe('asText', () => {
  it('is undefined for what YAML writes for nothing', () => {
    expect(['', 'null', '~', [], {}, undefined].map(asText)).toEqual(Array(6).fill(undefined));
    expect(asText('x')).toBe('x');
  });
});
