import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeepsakes } from '../../../src/platform/keepsakes.ts';

describe('keepsakes', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'caisson-keepsakes-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('gives back what was kept, by kind and key', async () => {
    const keepsakes = createKeepsakes(folder);
    await keepsakes.write('locks', 'ab12', 'numpy==2.0.0\n');
    expect(await keepsakes.read('locks', 'ab12')).toBe('numpy==2.0.0\n');
    expect(await keepsakes.read('self-tests', 'ab12')).toBeUndefined();
    expect(await keepsakes.read('locks', 'ab13')).toBeUndefined();
  });

  it('removes what was kept, or nothing when there is none', async () => {
    const keepsakes = createKeepsakes(folder);
    await keepsakes.write('self-tests', 'ab12', 'failed');
    await keepsakes.remove('self-tests', 'ab12');
    await keepsakes.remove('self-tests', 'ab12');
    expect(await keepsakes.read('self-tests', 'ab12')).toBeUndefined();
  });

  it('lists what is there, with its last use', async () => {
    const keepsakes = createKeepsakes(folder);
    expect(await keepsakes.list()).toEqual([]);
    await keepsakes.write('locks', 'ab12', 'text');
    await keepsakes.write('builds', 'cd34', 'sha256:1');
    await utimes(join(folder, 'locks', 'ab12'), 1000, 1000);
    await utimes(join(folder, 'builds', 'cd34'), 1000, 1000);
    const before = Date.now() - 5000;
    await keepsakes.read('builds', 'cd34');
    const listed = [...(await keepsakes.list())].sort((a, b) => a.bytes - b.bytes);
    expect(listed).toEqual([
      { kind: 'locks', key: 'ab12', bytes: 4, lastUsed: 1_000_000 },
      { kind: 'builds', key: 'cd34', bytes: 8, lastUsed: expect.any(Number) as number },
    ]);
    expect(listed[1]!.lastUsed).toBeGreaterThan(before);
  });

  it('lists and removes what a process that died left half-written', async () => {
    const keepsakes = createKeepsakes(folder);
    await keepsakes.write('locks', 'ab', 'text');
    await rename(join(folder, 'locks', 'ab'), join(folder, 'locks', `ab.${randomUUID()}`));
    for (const { kind, key } of await keepsakes.list()) await keepsakes.remove(kind, key);
    expect(await readdir(join(folder, 'locks'))).toEqual([]);
  });

  it('is whole at every moment, whoever else writes', async () => {
    const texts = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(10_000));
    await Promise.all(texts.map((text) => createKeepsakes(folder).write('locks', 'ab', text)));
    expect(texts).toContain(await createKeepsakes(folder).read('locks', 'ab'));
    expect(await readdir(join(folder, 'locks'))).toEqual(['ab']);
  });

  it('takes no path for a key', async () => {
    await createKeepsakes(folder).write('locks', '../../ee', 'text');
    expect(await readdir(folder)).toEqual(['locks']);
  });

  it('does without a folder that cannot be written', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const keepsakes = createKeepsakes(file);
    await keepsakes.write('locks', 'ab', 'text');
    await keepsakes.remove('locks', 'ab');
    expect(await keepsakes.read('locks', 'ab')).toBeUndefined();
    expect(await keepsakes.list()).toEqual([]);
  });
});
