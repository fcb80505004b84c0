import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveProgress } from '../../../../src/cli/report/choose-reporter.ts';
import { formatBytes, formatDuration, formatProgress } from '../../../../src/cli/report/format.ts';

describe('numbers for people', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [45_123_456, '45.1 MB'],
    [5e15, '5000.0 TB'],
  ])('%d bytes is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [0, '0.0 s'],
    [12_345, '12.3 s'],
    [59_960, '1 min 00 s'],
    [125_000, '2 min 05 s'],
  ])('%d ms is %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it('never shows a thousand of a unit or sixty seconds', () => {
    fc.assert(fc.property(fc.nat(999_000_000_000), (bytes) => !formatBytes(bytes).startsWith('1000')));
    fc.assert(fc.property(fc.nat(100_000_000), (ms) => !/(^| )60(\.0)? s/.test(formatDuration(ms))));
  });

  it.each([
    [1_000_000, 4_000_000, 2000, '1.0 MB of 4.0 MB, 500.0 kB/s, 6 s left'],
    [1_000_000, 100_000_000, 2000, '1.0 MB of 100.0 MB, 500.0 kB/s, 3 min 18 s left'],
    [1_000_000, 10_000_000_000, 2000, '1.0 MB of 10.0 GB, 500.0 kB/s, 5 h 34 min left'],
    [4_000_000, 4_000_000, 2000, '4.0 MB of 4.0 MB, 2.0 MB/s'],
    [4_000_000, undefined, 4000, '4.0 MB, 1.0 MB/s'],
    [4_000_000, 8_000_000, 1999, '4.0 MB of 8.0 MB'],
    [0, 8_000_000, 5000, '0 B of 8.0 MB'],
  ])('%d of %s bytes after %d ms is %s', (done, total, elapsed, text) => {
    const progress = { done, unit: 'bytes', ...(total === undefined ? {} : { total }) } as const;
    expect(formatProgress(progress, elapsed)).toBe(text);
  });

  it('shows progress with and without a total', () => {
    expect(formatProgress({ done: 3, total: 7, unit: 'items', note: 'layers' })).toBe('3 of 7 (layers)');
    expect(formatProgress({ done: 1500, unit: 'bytes' })).toBe('1.5 kB');
  });
});

describe('--progress auto', () => {
  it('is tty on a terminal, plain where nobody sees it move', () => {
    expect(resolveProgress('auto', { isTTY: true }, {})).toBe('tty');
    expect(resolveProgress('auto', {}, {})).toBe('plain');
    expect(resolveProgress('auto', { isTTY: true }, { NO_COLOR: '1' })).toBe('plain');
    expect(resolveProgress('auto', { isTTY: true }, { CI: 'true' })).toBe('plain');
    expect(resolveProgress('auto', { isTTY: true }, { TERM: 'dumb' })).toBe('plain');
    expect(resolveProgress('auto', { isTTY: true }, { NO_COLOR: '' })).toBe('tty');
  });

  it('gives way to what was asked for', () => {
    expect(resolveProgress('tty', {}, { CI: '1' })).toBe('tty');
    expect(resolveProgress('json', { isTTY: true }, {})).toBe('json');
  });
});
