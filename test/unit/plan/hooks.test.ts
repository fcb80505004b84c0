import { describe, expect, it } from 'vitest';
import { checkHooks } from '../../../src/plan/hooks.ts';
import { codeOf } from '../../support/errors.ts';

describe('checkHooks', () => {
  it('takes any text of a shell, in its order', () => {
    const hooks = ['b', 'a', 'it\'s\n"$x" `id` \\', 'x'.repeat(10_000)];
    expect(checkHooks(hooks)).toEqual(hooks);
  });

  it.each(['', ' \n\t', 'a\0b', 'a\uD800', 'x'.repeat(10_001), 'é'.repeat(5_001)])('refuses %j', (hook) => {
    expect(codeOf(() => checkHooks(['true', hook]))).toBe('USAGE');
  });
});
