import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findStoredFolder } from '../../../../src/sources/files/local-store-path.ts';
import { temporaryFolders, writeTree } from '../../../support/test-folders.ts';

const makeFolder = temporaryFolders();
const TAIL = 'mlruns/1/models/m-x/artifacts';

describe('findStoredFolder', () => {
  it('takes the recorded folder where it exists', async () => {
    const storeFolder = makeFolder();
    const elsewhere = makeFolder();
    writeTree(elsewhere, { [`${TAIL}/MLmodel`]: '' });
    writeTree(storeFolder, { [`${TAIL}/MLmodel`]: '' });
    const recorded = join(elsewhere, TAIL);
    expect(await findStoredFolder(recorded, { workingFolder: '/', storeFolder })).toBe(recorded);
  });

  it.each([
    `/old/machine/${TAIL}`,
    `C:/Users/me/${TAIL}`,
    `C:\\Users\\me\\${TAIL.replaceAll('/', '\\')}`,
    `./${TAIL}`,
  ])('finds the tail of %s below the folder of the store', async (recorded) => {
    const storeFolder = makeFolder();
    writeTree(storeFolder, { [`${TAIL}/MLmodel`]: '' });
    const folders = { workingFolder: makeFolder(), storeFolder };
    expect(await findStoredFolder(recorded, folders)).toBe(join(storeFolder, TAIL));
  });

  it('prefers the longest tail', async () => {
    const storeFolder = makeFolder();
    writeTree(storeFolder, { [`old/${TAIL}/MLmodel`]: '', [`${TAIL}/MLmodel`]: '' });
    expect(await findStoredFolder(`/x/old/${TAIL}`, { workingFolder: '/', storeFolder })).toBe(
      join(storeFolder, 'old', TAIL),
    );
  });

  it('is satisfied neither by one folder name, nor by a file, nor through `..`', async () => {
    const storeFolder = makeFolder();
    writeTree(storeFolder, { 'artifacts/MLmodel': '', 'm-x/file': '' });
    const folders = { workingFolder: '/', storeFolder };
    expect(await findStoredFolder('/old/m-y/artifacts', folders)).toBeUndefined();
    expect(await findStoredFolder('/old/m-x/file', folders)).toBeUndefined();
    expect(await findStoredFolder('/nope/x/../artifacts', folders)).toBeUndefined();
  });

  it('looks nowhere else for a server', async () => {
    expect(await findStoredFolder(`/old/${TAIL}`, { workingFolder: '/' })).toBeUndefined();
  });
});
