import { describe, expect, it } from 'vitest';
import { checkHooks } from '../../../src/plan/hooks.ts';
import { codeOf } from '../../support/errors.ts';

describe('checkHooks', () => {
  it('takes any text of a shell, in its order', () => {
    const hooks = ['b', 'a', 'it\'s\n"$x" `id` \\', 'x'.repeat(10_000)];
    expect(checkHooks(hooks)).toEqual(hooks);
  });

  it.each([
    'curl https://me:hunter22@host/x',
    'git clone git+https://u:p@h/r.git',
    'git clone https://hunter22@host/r.git',
  ])('refuses the login in %j, and does not repeat it', (hook) => {
    expect(() => checkHooks([hook])).toThrow(/holds a login/);
    expect(() => checkHooks([hook])).not.toThrow(/hunter22/);
  });

  it('takes a login that comes from a secret', () => {
    const hooks = [
      'curl https://api.example.com?user=me@example.com',
      'git clone https://git@host/x',
      'curl https://me:$(cat /run/secrets/pw)@host',
      'git clone https://me:"$TOKEN"@host/x',
      'ssh git@host',
    ];
    expect(checkHooks(hooks)).toEqual(hooks);
  });

  it.each(['', ' \n\t', 'a\0b', 'a\uD800', 'x'.repeat(10_001), 'é'.repeat(5_001)])('refuses %j', (hook) => {
    expect(codeOf(() => checkHooks(['true', hook]))).toBe('USAGE');
  });
});
