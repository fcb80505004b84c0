import { existsSync, readFileSync } from 'node:fs';
import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { createModelSources } from '../../../../src/sources/index.ts';
import type { ResolvedModelHandle } from '../../../../src/sources/port.ts';
import { failureOf } from '../../../support/failure.ts';
import { runWithFiles, startFakeTrackingServer } from '../../../support/fake-tracking-server.ts';
import { modelFiles } from '../../../support/model-files.ts';
import { recordEvents } from '../../../support/recorded-events.ts';
import { temporaryFolders } from '../../../support/test-folders.ts';

const makeFolder = temporaryFolders();

const WRITES = ['mkdir', 'writeFile', 'rename', 'rm', 'rmdir', 'utimes', 'mkdtemp', 'copyFile'] as const;
const usual = { ...files };

/** Modes do not hold root, who may run the tests: the calls themselves are refused, as a disk that is mounted so does. */
function makeReadOnly(): void {
  const refuse = (): Promise<never> =>
    Promise.reject(Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' }));
  for (const name of WRITES) Object.assign(files, { [name]: refuse });
  // a folder that is there already is no change of the disk
  const mkdir = (path: string): Promise<void> => (existsSync(path) ? Promise.resolve() : refuse());
  Object.assign(files, { mkdir });
  syncBuiltinESMExports();
}

afterEach(() => {
  Object.assign(files, usual);
  syncBuiltinESMExports();
});

it('a cache that was filled and cannot be written any more gives what it has, and says why it gives nothing else', async () => {
  const model = modelFiles({ 'other/MLmodel': 'flavors: {}' });
  const server = await startFakeTrackingServer(runWithFiles(model));
  const cacheFolder = makeFolder();
  const resolve = async (uri: string): Promise<ResolvedModelHandle> => {
    const sources = createModelSources({
      ...{ trackingUri: server.url, credentials: { kind: 'none' }, workingFolder: cacheFolder, cacheFolder },
    });
    const { signal } = new AbortController();
    return sources.resolve(await sources.parse(uri), { ...recordEvents(), signal });
  };
  try {
    const filled = await resolve('runs:/run1/model');
    await filled.dispose();
    const asked = server.requests.length;
    makeReadOnly();
    const again = await resolve('runs:/run1/model');
    expect(again.model.digest).toBe(filled.model.digest);
    expect(readFileSync(join(again.model.folder, 'model.pkl'), 'utf8')).toBe(model['model.pkl']);
    const downloads = server.requests.slice(asked).filter(({ url }) => url?.endsWith('/model.pkl') === true);
    expect(downloads).toEqual([]);
    await again.dispose();
    const failure = await failureOf(resolve('runs:/run1/model/other'));
    expect(failure).toMatchObject({ code: 'DOWNLOAD_FAILED' });
    expect(failure.message).toContain('cannot be written');
  } finally {
    await server.close();
  }
});
