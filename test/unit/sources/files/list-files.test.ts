import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listModelFiles } from '../../../../src/sources/files/list-files.ts';
import { temporaryFolders, writeTree } from '../../../support/test-folders.ts';

const makeFolder = temporaryFolders();
const never = new AbortController().signal;
const list = (folder: string): ReturnType<typeof listModelFiles> =>
  listModelFiles({ folder, shown: "'m'" }, never);

describe('listModelFiles', () => {
  it('lists every file, hidden ones too, sorted by code units', async () => {
    const folder = makeFolder();
    writeTree(folder, { b: '1', 'a/z': '22', 'a/Z': '', 'a.x': '', '.hidden/x': '', ä: '', B: '' });
    expect(await list(folder)).toEqual([
      { path: '.hidden/x', size: 0 },
      { path: 'B', size: 0 },
      { path: 'a.x', size: 0 },
      { path: 'a/Z', size: 0 },
      { path: 'a/z', size: 2 },
      { path: 'b', size: 1 },
      { path: 'ä', size: 0 },
    ]);
  });

  it('follows links inside the folder, to files and folders', async () => {
    const folder = makeFolder();
    writeTree(folder, { 'data/x': '123' });
    symlinkSync('data/x', join(folder, 'link'));
    symlinkSync('data', join(folder, 'dir'));
    expect(await list(folder)).toEqual([
      { path: 'data/x', size: 3 },
      { path: 'dir/x', size: 3 },
      { path: 'link', size: 3 },
    ]);
  });

  it('follows a link that is the folder itself', async () => {
    const folder = makeFolder();
    writeTree(folder, { 'real/x': '1' });
    symlinkSync('real', join(folder, 'alias'));
    expect(await list(join(folder, 'alias'))).toEqual([{ path: 'x', size: 1 }]);
  });

  it.each([
    ['out of the folder', '../outside', 'leads out'],
    ['to an absolute path', '/etc/hostname', 'leads out'],
    ['to nothing', 'nothing', 'does not exist'],
    ['to its own folder', '.', 'leads out'],
    ['to a sibling whose name begins alike', '../model-2/x', 'leads out'],
  ])('refuses a link %s', async (_, target, message) => {
    const parent = makeFolder();
    writeTree(parent, { 'model/x': '', outside: '', 'model-2/x': '' });
    symlinkSync(target, join(parent, 'model', 'link'));
    await expect(list(join(parent, 'model'))).rejects.toThrow(message);
    await expect(list(join(parent, 'model'))).rejects.toMatchObject({ code: 'MODEL_BROKEN' });
  });

  it('refuses folders that link in a circle', async () => {
    const folder = makeFolder();
    writeTree(folder, { 'a/x': '', 'b/x': '' });
    symlinkSync('../b', join(folder, 'a', 'to-b'));
    symlinkSync('../a', join(folder, 'b', 'to-a'));
    await expect(list(folder)).rejects.toThrow('a folder that it lies in');
  });

  it('refuses control characters and special files', async () => {
    const folder = makeFolder();
    writeTree(folder, { 'a\nb': '' });
    await expect(list(folder)).rejects.toThrow('control characters');
    const other = makeFolder();
    execFileSync('mkfifo', [join(other, 'pipe')]);
    await expect(list(other)).rejects.toThrow('neither a file nor a folder');
  });

  it('refuses a name that is not UTF-8', async () => {
    const other = makeFolder();
    execFileSync('sh', ['-c', `touch "$(printf '${other}/caf\\351')"`]);
    await expect(list(other)).rejects.toMatchObject({ code: 'MODEL_BROKEN' });
  });
});
