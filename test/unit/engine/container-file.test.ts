import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { folderFiles } from '../../../src/engine/container-file.ts';
import { failureOf } from '../../support/failure.ts';

const WANTED = { path: '/opt/venv', maxBytes: 100, only: /METADATA$/ };

function archiveOf(files: Readonly<Record<string, string>>): Readable {
  const archive = pack();
  for (const [name, text] of Object.entries(files)) archive.entry({ name: `venv/${name}` }, text);
  archive.finalize();
  return Readable.from(archive);
}

const FILES = { 'a/METADATA': 'x'.repeat(60), 'b/METADATA': 'y'.repeat(40), 'c/RECORD': 'z'.repeat(90) };

describe('the files of a folder in an image', () => {
  it('are read up to the limits', async () => {
    const found = await folderFiles(archiveOf(FILES), WANTED, { files: 2, bytes: 100 });
    expect([...found.keys()]).toEqual(['a/METADATA', 'b/METADATA']);
  });

  it.each([
    [{ files: 1, bytes: 1000 }, 'more than 1 files'],
    [{ files: 10, bytes: 99 }, 'more than 99 bytes'],
  ])('beyond %j are an error, and are not kept', async (limits, words) => {
    const error = await failureOf(folderFiles(archiveOf(FILES), WANTED, limits));
    expect(error.code).toBe('IMAGE_TOO_LARGE');
    expect(error.message).toContain(`'/opt/venv'`);
    expect(error.message).toContain(words);
  });

  it('are limited to what an honest image has, unless a test says else', async () => {
    const many = Object.fromEntries(Array.from({ length: 20_001 }, (_, at) => [`${at}/METADATA`, '']));
    expect((await failureOf(folderFiles(archiveOf(many), WANTED))).message).toContain(
      'more than 20000 files',
    );
  });
});
