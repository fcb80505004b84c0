import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSmallUserFile } from '../../../src/cli/user-files.ts';
import { rejection } from '../../support/errors.ts';
import { temporaryFolders } from '../../support/test-folders.ts';

const newFolder = temporaryFolders();

describe('a small file of the user', () => {
  it('is read below the working folder, through a link too, byte for byte', async () => {
    const folder = newFolder();
    const bytes = Buffer.from([0xff, 0x00, 0x0d, 0x0a]);
    writeFileSync(join(folder, 'a.py'), bytes);
    symlinkSync('a.py', join(folder, 'link.py'));
    for (const path of ['a.py', './a.py', 'link.py', join(folder, 'a.py')])
      expect(bytes.equals(await readSmallUserFile({ path, limit: 4 }, folder))).toBe(true);
    writeFileSync(join(folder, 'empty.py'), '');
    expect(await readSmallUserFile({ path: 'empty.py', limit: 4 }, folder)).toHaveLength(0);
  });

  it('is read no further than needed to see that it is too large', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'a.py'), 'x'.repeat(300_000));
    expect(await readSmallUserFile({ path: 'a.py', limit: 299_999 }, folder)).toHaveLength(300_000);
    expect(await readSmallUserFile({ path: 'a.py', limit: 9 }, folder)).toHaveLength(10);
  });

  it('must be a regular file: a pipe would be waited for', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'folder.py'));
    execFileSync('mkfifo', [join(folder, 'pipe.py')]);
    const reasons = {
      'folder.py': 'it is a folder',
      'pipe.py': 'it is not a regular file',
      '/dev/zero': 'it is not a regular file',
      'none.py': 'there is no such file',
    };
    for (const [path, reason] of Object.entries(reasons)) {
      expect(await rejection(readSmallUserFile({ path, limit: 9 }, folder))).toMatchObject({
        code: 'FILE_NOT_READABLE',
        exitCode: 2,
        message: `'${path}' cannot be read: ${reason}`,
        hint: 'name a file that exists and that you may read',
      });
    }
  });
});
