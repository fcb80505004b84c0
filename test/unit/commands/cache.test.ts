import { mkdirSync, mkdtempSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelsToPrune, pruneCache } from '../../../src/actions/cache-prune.ts';
import { runCli } from '../../../src/cli/run-cli.ts';
import { parseAge } from '../../../src/commands/grammar/age.ts';
import { parseSize } from '../../../src/commands/grammar/size.ts';
import { createKeepsakes } from '../../../src/platform/keepsakes.ts';
import { ModelCache } from '../../../src/sources/cache/model-cache.ts';
import type { CachedModel } from '../../../src/sources/cache/port.ts';
import { codeOf } from '../../support/errors.ts';
import { temporaryFolders, writeTree } from '../../support/test-folders.ts';
import { recordedStream, textSink } from '../../support/text-sink.ts';

const newFolder = temporaryFolders();
const { signal } = new AbortController();

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function caisson(
  folder: string,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const [stdout, stderr] = [textSink(), recordedStream()];
  const exitCode = await runCli({
    argv,
    environment: { HOME: folder, XDG_CACHE_HOME: folder, ...environment },
    workingFolder: folder,
    version: '1.2.3',
    stdout,
    stderr,
    signal,
  });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

async function keep(folder: string, name: string): Promise<string> {
  const cacheFolder = join(folder, 'caisson');
  mkdirSync(join(cacheFolder, 'tmp'), { recursive: true });
  const workspace = mkdtempSync(join(cacheFolder, 'tmp', 'model-'));
  writeTree(join(workspace, 'model'), { MLmodel: name.repeat(1500) });
  const digest = `sha256:${name.repeat(64)}`;
  const files = [{ path: 'MLmodel', size: 1500 }];
  const kept = await new ModelCache({ cacheFolder }).keep(
    { workspace, digest, files, key: name.repeat(64), model: `models:/iris/${name}` },
    signal,
  );
  await kept?.release();
  return digest;
}

describe('cache ls', () => {
  it('of an empty cache is empty', async () => {
    expect(await caisson(newFolder(), ['cache', 'ls'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('lists models for people, and for programs', async () => {
    const folder = newFolder();
    const digest = await keep(folder, 'a');
    const { stdout } = await caisson(folder, ['cache', 'ls']);
    expect(stdout).toMatch(
      /^MODEL +SIZE +FILES +LAST USED +DIGEST\nmodels:\/iris\/a +1\.5 kB +1 +\d{4}-\d\d-\d\d \d\d:\d\d +sha256:a{12}\n$/,
    );
    const json = await caisson(folder, ['cache', 'ls', '--output', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      command: 'cache ls',
      folder: join(folder, 'caisson/models'),
      bytes: 1500,
      models: [{ digest, bytes: 1500, files: 1, models: ['models:/iris/a'], inUse: false }],
    });
  });

  it('takes no argument', async () => {
    expect((await caisson(newFolder(), ['cache', 'ls', 'x'])).exitCode).toBe(2);
  });
});

describe('cache prune', () => {
  it('removes all, or tells what it would remove', async () => {
    const folder = newFolder();
    const digest = await keep(folder, 'a');
    const dry = await caisson(folder, ['cache', 'prune', '--all', '--dry-run', '--output', 'json']);
    expect(JSON.parse(dry.stdout)).toMatchObject({
      dryRun: true,
      bytes: 1500,
      removed: [{ digest }],
      inUse: [],
    });
    expect(dry.stderr).toContain('1.5 kB would be freed');
    const ran = await caisson(folder, ['cache', 'prune', '--all']);
    expect(ran.stdout).toBe('sha256:aaaaaaaaaaaa  models:/iris/a\n');
    expect(ran.stderr).toContain('1.5 kB freed');
    expect((await caisson(folder, ['cache', 'ls'])).stdout).toBe('');
  });

  it('without an option keeps to CAISSON_CACHE_SIZE', async () => {
    const folder = newFolder();
    await keep(folder, 'a');
    expect((await caisson(folder, ['cache', 'prune'])).stdout).toBe('');
    const small = await caisson(folder, ['cache', 'prune'], { CAISSON_CACHE_SIZE: '1kB' });
    expect(small.stdout).toContain('models:/iris/a');
  });

  it.each([
    [['--all', '--keep-size', '1GB'], 'leaves nothing to'],
    [['--keep-size', 'much'], "'much' for --keep-size is not a size"],
    [['--older-than', '3y'], "'3y' for --older-than is not a span of time"],
  ])('refuses %j', async (options, message) => {
    const ran = await caisson(newFolder(), ['cache', 'prune', ...options]);
    expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) as string });
  });
});

describe('what is remembered of earlier builds', () => {
  const DAY = 86_400_000;

  async function remember(folder: string, ages: readonly number[]): Promise<void> {
    const keepsakes = createKeepsakes(join(folder, 'caisson'));
    for (const [at, days] of ages.entries()) {
      await keepsakes.write('locks', `a${at}`, 'x'.repeat(1000));
      const time = new Date(Date.now() - days * DAY);
      utimesSync(join(folder, 'caisson/locks', `a${at}`), time, time);
    }
  }
  const left = (folder: string): string[] => readdirSync(join(folder, 'caisson/locks')).sort();

  it('is told in one line, beside the models', async () => {
    const folder = newFolder();
    await remember(folder, [1, 2]);
    expect(await caisson(folder, ['cache', 'ls'])).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'beside models: 2 locks, builds and self-tests that are remembered, 2.0 kB\n',
    });
    const { stdout } = await caisson(folder, ['cache', 'ls', '--output', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ remembered: { count: 2, bytes: 2000 } });
  });

  it('goes when it was not used for 90 days, or was asked for', async () => {
    const folder = newFolder();
    await remember(folder, [1, 89, 91, 400]);
    const dry = await caisson(folder, ['cache', 'prune', '--dry-run', '--output', 'json']);
    expect(JSON.parse(dry.stdout)).toMatchObject({ bytes: 0, remembered: { count: 2, bytes: 2000 } });
    expect(left(folder)).toHaveLength(4);
    const ran = await caisson(folder, ['cache', 'prune', '--keep-size', '1GB']);
    expect(ran.stderr).toContain('removed: 2 locks, builds and self-tests that are remembered, 2.0 kB');
    expect(left(folder)).toEqual(['a0', 'a1']);
    expect((await caisson(folder, ['cache', 'prune'])).stderr).not.toContain('remembered');
    await caisson(folder, ['cache', 'prune', '--all']);
    expect(left(folder)).toEqual([]);
  });
});

describe('cache verify', () => {
  it('removes what is not what it was', async () => {
    const folder = newFolder();
    await keep(folder, 'a');
    const ran = await caisson(folder, ['cache', 'verify']);
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'sha256:aaaaaaaaaaaa  models:/iris/a\n' });
    expect(ran.stderr).toContain('1 of 1 models were damaged');
    expect((await caisson(folder, ['cache', 'verify', '--output', 'json'])).stdout).toContain('"damaged":[]');
  });
});

describe('what is pruned', () => {
  const model = (name: string, lastUsed: number, use: CachedModel['use'] = 'free'): CachedModel => ({
    ...{ digest: name, bytes: 10, files: 1, models: [], lastUsed, use },
  });
  const models = [model('a', 1), model('b', 2, 'in-use'), model('c', 3), model('d', 4)];
  const names = (rules: Partial<Parameters<typeof modelsToPrune>[1]>): string =>
    modelsToPrune(models, { scope: 'by-rules', now: 10, ...rules })
      .map(({ digest }) => digest)
      .join('');

  it.each([
    [{ scope: 'all' }, 'abcd'],
    [{ unusedForMs: 8 }, 'ab'],
    [{ unusedForMs: 100 }, ''],
    [{ keepBytes: 20 }, 'ac'],
    [{ keepBytes: 0 }, 'acd'],
    [{ keepBytes: 40 }, ''],
    [{ keepBytes: 30, unusedForMs: 9 }, 'a'],
  ] as const)('by %j is %j', (rules, expected) => {
    expect(names(rules)).toBe(expected);
  });

  it('stays when a process uses it meanwhile', async () => {
    const cache = {
      folder: '/c',
      list: () => Promise.resolve(models),
      remove: (digest: string) =>
        Promise.resolve(digest === 'c' ? ('in-use' as const) : ('removed' as const)),
      verify: () => Promise.resolve('right' as const),
      sweep: () => Promise.resolve(),
    };
    const request = { scope: 'all', mode: 'remove', now: 10 } as const;
    const result = await pruneCache(request, { cache }, { emit: () => undefined, signal });
    expect(result.removed.map(({ digest }) => digest).join('')).toBe('abd');
    expect(result.inUse.map(({ digest }) => digest)).toEqual(['c']);
  });
});

describe('sizes and ages', () => {
  it.each([
    ['5GB', 5e9],
    ['1.5 TB', 1.5e12],
    ['20GiB', 20 * 1024 ** 3],
    ['500m', 5e8],
    ['123', 123],
    ['0', 0],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSize(text, '--keep-size')).toBe(bytes);
  });

  it.each([
    ['30d', 30 * 86_400_000],
    ['12h', 43_200_000],
    ['2w', 14 * 86_400_000],
    ['90m', 5_400_000],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(parseAge(text, 'older-than')).toBe(milliseconds);
  });

  it.each(['', 'GB', '-1', '1XB', '1ib', '99999999999TB'])('%j is no size', (text) => {
    expect(codeOf(() => parseSize(text, '--keep-size'))).toBe('USAGE');
  });

  it.each(['', 'd', '1', '1.5d', '-1d', '1 d'])('%j is no age', (text) => {
    expect(codeOf(() => parseAge(text, 'older-than'))).toBe('USAGE');
  });
});
