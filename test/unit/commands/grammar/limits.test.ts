import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddHost } from '../../../../src/commands/grammar/add-host.ts';
import { parseSize } from '../../../../src/commands/grammar/bytes.ts';
import { parseGpus } from '../../../../src/commands/grammar/gpus.ts';
import { parseCpus, parseUlimit, readLimits } from '../../../../src/commands/grammar/limits.ts';
import { parseRestart } from '../../../../src/commands/grammar/restart.ts';
import { parseTmpfs } from '../../../../src/commands/grammar/tmpfs.ts';
import type { OptionReader } from '../../../../src/commands/spec.ts';
import { codeOf } from '../../../support/errors.ts';

/** Options as they were typed. */
function optionsOf(given: Readonly<Record<string, string>>): OptionReader {
  return {
    flag: () => false,
    value: (name) => given[name],
    required: (name) => given[name] ?? '',
    list: (name) => given[name]?.split(' ') ?? [],
    isTyped: (name) => name in given,
  };
}

describe('the limits of a container', () => {
  it('are none unless they are given', () => {
    expect(readLimits(optionsOf({}))).toBeUndefined();
  });

  it('are what docker takes', () => {
    const given = {
      ...{ memory: '512m', 'memory-swap': '1g', cpus: '1.5', 'cpuset-cpus': '0-2,7', 'pids-limit': '100' },
      ...{ 'shm-size': '64m', ulimit: 'nofile=1024:2048 core=-1' },
    };
    expect(readLimits(optionsOf(given))).toEqual({
      memoryBytes: 512 * 1024 ** 2,
      memorySwapBytes: 1024 ** 3,
      nanoCpus: 1_500_000_000,
      cpuset: '0-2,7',
      pids: 100,
      shmBytes: 64 * 1024 ** 2,
      ulimits: [
        { name: 'nofile', soft: 1024, hard: 2048 },
        { name: 'core', soft: -1, hard: -1 },
      ],
    });
    expect(readLimits(optionsOf({ memory: '1g', 'memory-swap': '-1' }))).toMatchObject({
      memorySwapBytes: -1,
    });
  });

  it.each([
    { memory: '5m' },
    { memory: 'much' },
    { 'memory-swap': '1g' },
    { memory: '1g', 'memory-swap': '512m' },
    { cpus: '0' },
    { cpus: '-1' },
    { cpus: '1e3' },
    { 'cpuset-cpus': '0-' },
    { 'pids-limit': 'all' },
    { 'shm-size': '0' },
    { ulimit: 'nofile' },
    { ulimit: 'files=3' },
    { ulimit: 'nofile=9:3' },
    { ulimit: 'nofile=-1:3' },
  ])('refuse %j', (given) => {
    expect(codeOf(() => readLimits(optionsOf(given as Readonly<Record<string, string>>)))).toBe('USAGE');
  });

  it('give back any limit that was joined, and nothing but limits or USAGE for any text', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(1e9), (soft, more) => {
        const hard = soft + more;
        expect(parseUlimit(`nofile=${soft}:${hard}`)).toEqual({ name: 'nofile', soft, hard });
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const parse of [parseUlimit, parseGpus, parseRestart, parseAddHost])
          expect([undefined, 'USAGE']).toContain(codeOf(() => parse(text)));
        for (const parse of [parseCpus, parseSize])
          expect([undefined, 'USAGE']).toContain(codeOf(() => parse(text, 'x')));
      }),
    );
  });
});

describe('--gpus', () => {
  it.each([
    ['all', { count: -1, capabilities: ['gpu'] }],
    ['2', { count: 2, capabilities: ['gpu'] }],
    ['"device=0,1"', { deviceIds: ['0', '1'], capabilities: ['gpu'] }],
    ['device=GPU-3a23', { deviceIds: ['GPU-3a23'], capabilities: ['gpu'] }],
    [
      'driver=nvidia,count=all,"capabilities=compute,utility"',
      { driver: 'nvidia', count: -1, capabilities: ['gpu', 'compute', 'utility'] },
    ],
  ])('%s', (text, expected) => {
    expect(parseGpus(text)).toEqual(expected);
  });

  it.each(['', 'none', '0', 'device=0,1', 'device=0,count=1', 'gpu=1', 'count=', '"'])(
    'refuses %j',
    (text) => {
      expect(codeOf(() => parseGpus(text))).toBe('USAGE');
    },
  );
});

describe('--restart', () => {
  it('is a policy of docker', () => {
    expect(parseRestart('unless-stopped')).toEqual({ name: 'unless-stopped' });
    expect(parseRestart('on-failure:3')).toEqual({ name: 'on-failure', maximumRetries: 3 });
    for (const text of ['', 'never', 'always:3', 'on-failure:', 'on-failure:x'])
      expect(codeOf(() => parseRestart(text))).toBe('USAGE');
  });
});

describe('--tmpfs and --add-host', () => {
  it('are what docker takes', () => {
    expect(parseTmpfs(['/tmp', '/run:size=1m,mode=1777'])).toEqual({
      '/tmp': '',
      '/run': 'size=1m,mode=1777',
    });
    expect(parseAddHost('db:10.0.0.5')).toBe('db:10.0.0.5');
    expect(parseAddHost('db=10.0.0.5')).toBe('db:10.0.0.5');
    expect(parseAddHost('db:[::1]')).toBe('db:::1');
    expect(parseAddHost('host.docker.internal:host-gateway')).toBe('host.docker.internal:host-gateway');
    for (const text of ['tmp', '/', ':size=1m']) expect(codeOf(() => parseTmpfs([text]))).toBe('USAGE');
    for (const text of ['db', 'db:', 'db:nowhere', ':10.0.0.5'])
      expect(codeOf(() => parseAddHost(text))).toBe('USAGE');
  });
});
