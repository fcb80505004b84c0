import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markerHolds } from '../../../src/model/marker.ts';

const LINUX = {
  python_version: '3.11',
  python_full_version: '3.11.2',
  sys_platform: 'linux',
  platform_machine: 'x86_64',
  platform_python_implementation: 'CPython',
};

describe('a marker', () => {
  it.each([
    ['python_version < "3.9"', false],
    ['python_version >= "3.9"', true],
    ['python_version == "3.11.0"', true],
    ['python_version != "3.11"', false],
    ["'3.10' < python_full_version", true],
    ["sys_platform == 'win32'", false],
    ["sys_platform === 'linux'", true],
    ["sys_platform in 'linux darwin'", true],
    ["sys_platform not in 'linux darwin'", false],
    ['python_version > "3.2" and (platform_machine == "aarch64" or platform_machine == "x86_64")', true],
    ["sys_platform == 'win32' or sys_platform == 'linux' and python_version < '3'", false],
    ["(sys_platform == 'linux' or sys_platform == 'win32') and python_version < '3'", false],
    // what is not known matters only where the rest does not decide
    ["extra == 'socks'", undefined],
    ["extra == 'socks' or sys_platform == 'linux'", true],
    ["extra == 'socks' and sys_platform == 'win32'", false],
    ["extra == 'socks' and sys_platform == 'linux'", undefined],
    ['python_version == "3.*"', undefined],
    ['python_version', undefined],
    ["sys_platform == 'linux' sys_platform", undefined],
    ["(sys_platform == 'linux'", undefined],
    ['$', undefined],
    ['', undefined],
  ])('%s: %s', (marker, expected) => {
    expect(markerHolds(marker, LINUX)).toBe(expected);
  });

  it('orders Pythons by number and not by letter', () => {
    const release = fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 20 }));
    fc.assert(
      fc.property(release, release, ([a, b], [c, d]) => {
        const held = markerHolds(`python_version < "${c}.${d}"`, { python_version: `${a}.${b}` });
        expect(held).toBe(a < c || (a === c && b < d));
      }),
    );
  });

  it('is true, false or unknown, whatever it says', () => {
    const word = fc.constantFrom(
      '(',
      ')',
      'and',
      'or',
      'not',
      'in',
      '==',
      '<',
      '"3.1"',
      'python_version',
      '$',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        expect([true, false, undefined]).toContain(markerHolds(words.join(' '), LINUX));
      }),
    );
  });
});
