import { join, normalize, sep } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RemoteFile } from '../../../../src/sources/artifacts/port.ts';
import { checkedListing, safePath } from '../../../../src/sources/artifacts/safe-path.ts';
import { codeOf, thrownBy } from '../../../support/errors.ts';
import { runs } from '../../../support/runs.ts';

describe('safePath', () => {
  it.each(['MLmodel', 'a/b c/é.txt', '..a', 'a..', '...', 'C:x', '-rf', '%2e%2e/x'])('lets %j be', (name) => {
    expect(safePath(name, 'the store')).toBe(name);
  });

  it.each([
    '',
    '/a',
    'a/',
    'a//b',
    '..',
    '../a',
    'a/../b',
    '.',
    './a',
    'a\\b',
    'a\0',
    'a\nb',
    '\uD800',
    'a\u0085',
  ])('refuses %j', (name) => {
    expect(codeOf(() => safePath(name, 'the store'))).toBe('STORE_FAILED');
  });

  it('shows a name without what it could do to a terminal', () => {
    expect(thrownBy(() => safePath('\u001B[2J', 'the store')).message).toBe(
      "the store lists '\uFFFD[2J', which is not a safe path",
    );
  });

  it('never lets a name out of a folder', () => {
    const segment = fc.oneof(fc.constantFrom('..', '.', '', 'a', '\\', '\\..\\', '/', '\0'), fc.string());
    fc.assert(
      fc.property(
        fc.array(segment, { maxLength: 5 }).map((parts) => parts.join('/')),
        (name) => {
          try {
            safePath(name, 'the store');
          } catch {
            return;
          }
          expect(join('/root/model', name).startsWith(`/root/model${sep}`)).toBe(true);
          expect(normalize(name)).toBe(name);
        },
      ),
      { numRuns: runs(5000) },
    );
  });
});

describe('checkedListing', () => {
  const files = (...paths: string[]): readonly RemoteFile[] =>
    paths.map((path) => ({ path, ranges: 'supported' }));

  it('lets files be that can lie in one folder', () => {
    const listing = files('a', 'b/a', 'b/c/a', 'a.b');
    expect(checkedListing(listing, 'the store')).toBe(listing);
  });

  it.each([[['a', 'a']], [['a', 'a/b']], [['x/y/z', 'x/y']]])('refuses %j', (paths) => {
    expect(codeOf(() => checkedListing(files(...paths), 'the store'))).toBe('STORE_FAILED');
  });

  it('takes 20,000 files, and not 100,001', () => {
    const many = (count: number): readonly RemoteFile[] =>
      files(...Array.from({ length: count }, (_, index) => `d${index % 100}/f${index}`));
    expect(checkedListing(many(20_000), 'the store')).toHaveLength(20_000);
    expect(codeOf(() => checkedListing(many(100_001), 'the store'))).toBe('STORE_FAILED');
  });
});
