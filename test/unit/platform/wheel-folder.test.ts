import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFolder } from '../../../src/platform/wheel-folder.ts';
import { rejection } from '../../support/errors.ts';
import { temporaryFolders, writeTree } from '../../support/test-folders.ts';

const newFolder = temporaryFolders();
const isWanted = (name: string): boolean => name.endsWith('.whl');

describe('the files of a folder', () => {
  it('are those that are wanted, in the folder itself, links followed', async () => {
    const path = newFolder();
    writeTree(path, { 'a.whl': 'four', 'b.txt': '', 'below/c.whl': '' });
    symlinkSync('a.whl', join(path, 'd.whl'));
    const found = await listFolder({ path, name: 'w', isWanted });
    expect(found.map(({ name, size }) => [name, size]).sort()).toEqual([
      ['a.whl', 4],
      ['d.whl', 4],
    ]);
    expect(found.map((file) => file.path).sort()).toEqual([join(path, 'a.whl'), join(path, 'd.whl')]);
  });

  it('are an error when they, or the folder, cannot be read', async () => {
    const path = newFolder();
    const fails = (folder: string): Promise<Error> =>
      rejection(listFolder({ path: folder, name: 'my wheels', isWanted }));
    expect(await fails(join(path, 'none'))).toMatchObject({
      code: 'FILE_NOT_READABLE',
      message: expect.stringContaining("'my wheels'") as string,
    });
    mkdirSync(join(path, 'x.whl'));
    expect((await fails(path)).message).toBe("'my wheels/x.whl' is not a regular file");
  });
});
