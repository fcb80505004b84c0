import { describe, expect, it } from 'vitest';
import { parseAsOf } from '../../../../src/commands/grammar/as-of.ts';
import { codeOf } from '../../../support/errors.ts';

describe('--as-of', () => {
  it.each([
    ['training', 'training'],
    ['2026-02-28', '2026-02-28T23:59:59Z'],
    ['2026-02-28T12:00:00Z', '2026-02-28T12:00:00Z'],
    ['2026-02-28T12:00:00+02:00', '2026-02-28T12:00:00+02:00'],
  ])('%s', (text, moment) => {
    expect(parseAsOf(text)).toBe(moment);
  });

  it.each([
    '',
    'yesterday',
    '2026-02-30',
    '2026-13-01',
    '26-01-01',
    '2026-02-28 12:00',
    "2026-02-28'; x",
    '2026-02-28T25:00:00Z',
  ])('refuses %j', (text) => {
    expect(codeOf(() => parseAsOf(text))).toBe('USAGE');
  });
});
