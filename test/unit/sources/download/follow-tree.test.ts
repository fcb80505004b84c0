import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TreeFollower } from '../../../../src/sources/download/follow-tree.ts';
import { digestTree } from '../../../../src/sources/files/tree-digest.ts';
import { temporaryFolders } from '../../../support/test-folders.ts';

const makeFolder = temporaryFolders();
const { signal } = new AbortController();
const FILES = [
  { path: 'MLmodel', size: 10 },
  { path: 'empty', size: 0 },
  { path: 'weights', size: 3000 },
];
const contentOf = (path: string, size: number): string => path.repeat(size).slice(0, size);
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

function write(folder: string): void {
  for (const { path, size } of FILES) writeFileSync(join(folder, path), contentOf(path, size));
}

async function expected(): Promise<string> {
  const folder = makeFolder();
  write(folder);
  return digestTree({ folder, files: FILES, signal, onBytes: () => undefined });
}

describe('the digest of a tree that still comes', () => {
  it('is that of the whole tree, in whatever order and steps its files come', async () => {
    const digest = await expected();
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(FILES, { minLength: FILES.length }),
        fc.integer({ min: 1, max: 2000 }),
        async (order, step) => {
          const folder = makeFolder();
          const follower = new TreeFollower(folder, FILES);
          const following = follower.digest(signal);
          for (const { path, size } of order) {
            const content = contentOf(path, size);
            writeFileSync(join(folder, path), '');
            for (let position = 0; position < size; position += step) {
              appendFileSync(join(folder, path), content.slice(position, position + step));
              follower.arrived(path, Math.min(size, position + step));
              if (step > 500) await tick();
            }
            follower.arrived(path, size);
          }
          expect(await following).toBe(digest);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is not told when something that was read was taken back', async () => {
    const folder = makeFolder();
    write(folder);
    const follower = new TreeFollower(folder, FILES);
    const following = follower.digest(signal);
    follower.arrived('MLmodel', 5);
    for (let wait = 0; wait < 20; wait += 1) await tick();
    follower.restarted('MLmodel');
    for (const { path, size } of FILES) follower.arrived(path, size);
    expect(await following).toBeUndefined();
  });

  it('is told when a file was taken back before it was read', async () => {
    const folder = makeFolder();
    write(folder);
    const follower = new TreeFollower(folder, FILES);
    const following = follower.digest(signal);
    follower.arrived('weights', 5);
    follower.restarted('weights');
    for (const { path, size } of FILES) follower.arrived(path, size);
    expect(await following).toBe(await expected());
  });

  it('is not waited for when the download fails', async () => {
    const controller = new AbortController();
    const following = new TreeFollower(makeFolder(), FILES).digest(controller.signal);
    await tick();
    controller.abort();
    await expect(following).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  it('ends when a file cannot be read', async () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'MLmodel'));
    const follower = new TreeFollower(folder, FILES);
    const following = follower.digest(signal);
    follower.arrived('MLmodel', 10);
    await expect(following).rejects.toThrow('EISDIR');
  });
});
