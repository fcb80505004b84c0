import { describe, expect, it } from 'vitest';
import { secretEnv, secretMounts } from '../../../src/image/secret-mounts.ts';

const plan = (
  ids: readonly string[],
  ssh: 'none' | 'agent' = 'none',
  buildPackages: readonly string[] = [],
) => ({
  secrets: { ids, ssh },
  buildPackages,
});

describe('mounts of secrets', () => {
  it('are none without secrets', () => {
    expect(secretMounts(plan([]))).toEqual([]);
    expect(secretEnv(plan([], 'none', ['git']))).toEqual([]);
  });

  it('lie below a tmpfs, and a build without them fails', () => {
    expect(secretMounts(plan(['token'], 'agent'))).toEqual([
      'type=tmpfs,target=/run',
      'type=secret,id=token,target=/run/secrets/token,required=true',
      'type=ssh,id=default,required=true',
    ]);
    expect(secretEnv(plan(['token'], 'agent'))).toEqual([]);
  });

  it('tell pip, uv, git and ssh of the files with a meaning', () => {
    const all = plan(['known_hosts', 'netrc', 'pip.conf'], 'agent', ['git']);
    expect(secretMounts(all)).toContain('type=secret,id=netrc,target=/run/home/.netrc,required=true');
    expect(secretEnv(all)).toEqual([
      'HOME=/run/home',
      'NETRC=/run/secrets/netrc',
      'PIP_CONFIG_FILE=/run/secrets/pip.conf',
      "GIT_SSH_COMMAND='ssh -o BatchMode=yes -o UserKnownHostsFile=/run/secrets/known_hosts'",
    ]);
    expect(secretEnv(plan([], 'agent', ['git']))).toEqual(["GIT_SSH_COMMAND='ssh -o BatchMode=yes'"]);
  });
});
