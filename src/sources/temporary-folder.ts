import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CaissonError, messageOf } from '../core/errors.ts';

/** A folder that only this user can read, and the duty to remove it. */
export interface TemporaryFolder {
  readonly path: string;
  /** Removes the folder with all it holds; safe to call twice. */
  remove(): Promise<void>;
}

/** Makes a private folder below the cache. Throws DOWNLOAD_FAILED when the cache cannot be written. */
export async function makeTemporaryFolder(cacheFolder: string, purpose: string): Promise<TemporaryFolder> {
  const parent = join(cacheFolder, 'tmp');
  try {
    await mkdir(parent, { recursive: true, mode: 0o700 });
    // mkdtemp makes it with mode 0700
    const path = await mkdtemp(join(parent, `${purpose}-`));
    return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
  } catch (error) {
    throw new CaissonError(
      'DOWNLOAD_FAILED',
      `the cache folder '${cacheFolder}' cannot be written: ${messageOf(error)}`,
      {
        hint: 'set XDG_CACHE_HOME to a folder that can be written',
        cause: error,
      },
    );
  }
}
