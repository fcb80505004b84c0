import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { digestTree } from '../../../../src/sources/files/tree-digest.ts';
import { listModelFiles } from '../../../../src/sources/files/list-files.ts';
import { temporaryFolders, writeTree } from '../../../support/test-folders.ts';

const makeFolder = temporaryFolders();
const never = new AbortController().signal;

async function digestOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = makeFolder();
  writeTree(folder, files);
  const listed = await listModelFiles({ folder, shown: 'm' }, never);
  return digestTree({ folder, files: listed, signal: never, onBytes: () => undefined });
}

describe('digestTree', () => {
  it('is the documented hash', async () => {
    const hash = createHash('sha256')
      .update('a/b\x003\x00xyz' + 'c\x000\x00')
      .digest('hex');
    expect(await digestOf({ c: '', 'a/b': 'xyz' })).toBe(`sha256:${hash}`);
  });

  it('does not depend on the order in which files were made, but on names and contents', async () => {
    const digest = await digestOf({ a: '1', b: '2' });
    expect(await digestOf({ b: '2', a: '1' })).toBe(digest);
    expect(await digestOf({ a: '2', b: '1' })).not.toBe(digest);
    expect(await digestOf({ a: '1', c: '2' })).not.toBe(digest);
    expect(await digestOf({ a: '12', b: '' })).not.toBe(digest);
  });

  it('notices a file that has another size than listed, and one that is gone', async () => {
    const folder = makeFolder();
    writeTree(folder, { a: 'xx' });
    const request = { folder, signal: never, onBytes: () => undefined };
    await expect(digestTree({ ...request, files: [{ path: 'a', size: 1 }] })).rejects.toThrow(
      'changed while it was read',
    );
    await expect(digestTree({ ...request, files: [{ path: 'b', size: 1 }] })).rejects.toMatchObject({
      code: 'MODEL_BROKEN',
    });
  });

  it('stops when aborted', async () => {
    const folder = makeFolder();
    writeTree(folder, { a: 'x'.repeat(3_000_000) });
    const controller = new AbortController();
    const work = digestTree({
      folder,
      files: [{ path: 'a', size: 3_000_000 }],
      signal: controller.signal,
      onBytes: () => {
        controller.abort();
      },
    });
    await expect(work).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});
