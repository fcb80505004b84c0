import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOwnTemplates } from '../../../src/platform/own-template-files.ts';
import { rejection } from '../../support/errors.ts';
import { temporaryFolders, writeTree } from '../../support/test-folders.ts';

const newFolder = temporaryFolders();
const read = (path: string) => readOwnTemplates({ path, name: 'mine' });

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = newFolder();
  writeTree(folder, files);
  return folder;
}

describe('readOwnTemplates', () => {
  it('reads .hbs files by name, without a byte order mark, and leaves README.md and hidden names alone', async () => {
    const folder = folderOf({
      'Dockerfile.buildkit.hbs': '\uFEFFA\r\n',
      'blocks/end.hbs': 'é',
      'partials/shell/trust.hbs': '',
      'README.md': '',
      '.git/config': '',
      'blocks/.end.hbs.swp': '',
    });
    expect(await read(folder)).toEqual({
      'Dockerfile.buildkit': 'A\r\n',
      'blocks/end': 'é',
      'partials/shell/trust': '',
    });
  });

  it('follows links to files, as a mounted ConfigMap has them', async () => {
    const folder = folderOf({ '..2026/end.hbs': 'E' });
    mkdirSync(join(folder, 'blocks'));
    symlinkSync('..2026', join(folder, '..data'));
    symlinkSync('../..data/end.hbs', join(folder, 'blocks/end.hbs'));
    expect(await read(folder)).toEqual({ 'blocks/end': 'E' });
  });

  it.each([
    ['end.txt', "'mine/blocks/end.txt' is not a template"],
    ['README.md', "'mine/blocks/README.md' is not a template"],
  ])('refuses a %s', async (name, message) => {
    const error = await rejection(read(folderOf({ [`blocks/${name}`]: '' })));
    expect(error).toMatchObject({ code: 'USAGE', message });
  });

  it('refuses what is no file, what is too much, and what is no text', async () => {
    const pipe = newFolder();
    execFileSync('mkfifo', [join(pipe, 'x.hbs')]);
    expect(await rejection(read(pipe))).toMatchObject({ message: "'mine/x.hbs' is not a regular file" });
    const loop = newFolder();
    symlinkSync('.', join(loop, 'x.hbs'));
    expect(await rejection(read(loop))).toMatchObject({ message: "'mine/x.hbs' is not a regular file" });
    const large = folderOf({ 'x.hbs': 'x'.repeat(1_000_001) });
    expect(await rejection(read(large))).toMatchObject({ message: "'mine/x.hbs' is larger than 1 MB" });
    const many = folderOf(Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`${i}.hbs`, ''])));
    expect(await rejection(read(many))).toMatchObject({ message: "'mine' holds more than 100 files" });
    const binary = newFolder();
    writeFileSync(join(binary, 'x.hbs'), Buffer.from([0xff, 0xfe]));
    expect(await rejection(read(binary))).toMatchObject({
      message: "the template 'mine/x.hbs' is not UTF-8",
    });
  });

  it.each([
    ['none', "'mine' cannot be read: it does not exist"],
    ['file', "'mine' cannot be read: it is not a folder"],
    ['folder', "'mine/dead.hbs' cannot be read: it does not exist"],
  ])('says what cannot be read: %s', async (name, message) => {
    const root = folderOf({ file: '', 'folder/.keep': '' });
    symlinkSync('nowhere', join(root, 'folder/dead.hbs'));
    expect(await rejection(read(join(root, name)))).toMatchObject({ code: 'FILE_NOT_READABLE', message });
  });
});
