import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestFile } from '../../../src/platform/file-digest.ts';
import { checkOutputFile } from '../../../src/platform/output-file.ts';
import { rejection } from '../../support/errors.ts';
import { temporaryFolders } from '../../support/test-folders.ts';

const newFolder = temporaryFolders();
const placeIn = (folder: string, name = 'bill.json') => ({ name, path: join(folder, name) });

describe('the place of an output file', () => {
  it('has a folder, and is none', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'taken'));
    await checkOutputFile(placeIn(folder));
    writeFileSync(join(folder, 'bill.json'), 'older');
    await checkOutputFile(placeIn(folder));
    for (const name of ['missing/bill.json', 'taken'])
      expect(await rejection(checkOutputFile(placeIn(folder, name)))).toMatchObject({
        code: 'OUTPUT_FAILED',
        message: expect.stringContaining(`'${name}'`),
      });
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
