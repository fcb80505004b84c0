import { describe, expect, it } from 'vitest';
import { planBuildSecrets } from '../../../src/plan/build-secrets.ts';
import { checkPipOptions } from '../../../src/plan/pip-options.ts';
import { codeOf } from '../../support/errors.ts';

describe('the secrets of a plan', () => {
  it('are ids, each once and sorted', () => {
    const secrets = { ids: ['b', 'a', 'b'], ssh: 'agent' } as const;
    expect(planBuildSecrets({ builder: 'buildkit', secrets })).toEqual({ ids: ['a', 'b'], ssh: 'agent' });
  });

  it('are refused by the classic builder, which says what to do', () => {
    const plan = (ids: readonly string[], ssh: 'none' | 'agent') => () =>
      planBuildSecrets({ builder: 'classic', secrets: { ids, ssh } });
    expect(plan([], 'none')()).toEqual({ ids: [], ssh: 'none' });
    expect(plan(['netrc'], 'none')).toThrow("'netrc'");
    expect(plan([], 'agent')).toThrow('ssh agent');
    expect(codeOf(plan(['netrc'], 'agent'))).toBe('USAGE');
  });

  it.each(['a,target=/etc', 'a\nRUN x', '', '../x', '-a', 'a b'])('are no %j', (id) => {
    expect(codeOf(() => planBuildSecrets({ builder: 'buildkit', secrets: { ids: [id], ssh: 'none' } }))).toBe(
      'USAGE',
    );
  });
});

describe('the options of a pip.conf', () => {
  const options = { trustedHosts: [], findLinks: [], index: 'used' } as const;

  it.each(['h', 'h:8443', '[::1]:80'])('may trust %j', (host) => {
    expect(checkPipOptions({ ...options, trustedHosts: [host] }).trustedHosts).toEqual([host]);
  });

  it.each(['', '-h', 'a b', 'a\u2028b', 'a"b'])('may not trust %j', (host) => {
    expect(codeOf(() => checkPipOptions({ ...options, trustedHosts: [host] }))).toBe('USAGE');
  });

  it.each(['/srv', 'https://u:p@h/', 'https://h/\nx'])('may not have links at %j', (link) => {
    expect(codeOf(() => checkPipOptions({ ...options, findLinks: [link] }))).toBe('USAGE');
  });
});
