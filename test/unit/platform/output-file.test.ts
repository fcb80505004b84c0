import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestFile } from '../../../src/platform/file-digest.ts';
import { checkOutputFile, writeOutputFile } from '../../../src/platform/output-file.ts';
import { rejection } from '../../support/errors.ts';
import { temporaryFolders } from '../../support/test-folders.ts';

const newFolder = temporaryFolders();
const placeIn = (folder: string, name = 'bill.json') => ({ name, path: join(folder, name) });

describe('an output file', () => {
  it('is written, over an older one too, with nothing beside it', async () => {
    const folder = newFolder();
    for (const text of ['one', 'two']) {
      await checkOutputFile(placeIn(folder));
      await writeOutputFile(placeIn(folder), text);
      expect(readFileSync(join(folder, 'bill.json'), 'utf8')).toBe(text);
    }
    expect(readdirSync(folder)).toEqual(['bill.json']);
  });

  it('needs a folder to lie in, and is none', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'taken'));
    for (const name of ['missing/bill.json', 'taken'])
      expect(await rejection(checkOutputFile(placeIn(folder, name)))).toMatchObject({
        code: 'OUTPUT_FAILED',
        message: expect.stringContaining(`'${name}'`),
      });
    for (const name of ['missing/bill.json', 'taken'])
      expect(await rejection(writeOutputFile(placeIn(folder, name), 'x'))).toMatchObject({
        code: 'OUTPUT_FAILED',
      });
    expect(readdirSync(folder)).toEqual(['taken']);
  });
});

describe('the digest of a file', () => {
  it('is what sha256sum prints', async () => {
    const path = join(newFolder(), 'file');
    writeFileSync(path, 'abc');
    expect(await digestFile(path, new AbortController().signal)).toBe(
      'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('is given up when asked to', async () => {
    const path = join(newFolder(), 'file');
    writeFileSync(path, 'abc');
    const signal = AbortSignal.abort();
    expect(await rejection(digestFile(path, signal))).toMatchObject({ code: 'INTERRUPTED' });
  });
});
