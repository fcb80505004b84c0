import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
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
  });
});
