import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CaissonError, messageOf } from '../core/errors.ts';
import { processLives } from './cache/marks.ts';

/** A folder that only this user can read, and the duty to remove it. */
export interface TemporaryFolder {
  readonly path: string;
  /** Removes the folder with all it holds; safe to call twice. */
  remove(): Promise<void>;
}

/** Makes a private folder below the cache. Throws DOWNLOAD_FAILED when the cache cannot be written. */
export async function makeTemporaryFolder(cacheFolder: string, purpose: string): Promise<TemporaryFolder> {
  try {
    return await makePrivateFolder(join(cacheFolder, 'tmp'), purpose);
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

/** Makes a private folder below another one, which is made when it is not there. Rejects as node:fs does. */
export async function makePrivateFolder(parent: string, purpose: string): Promise<TemporaryFolder> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  // the number tells later whether the process that made it still lives; mkdtemp makes it with mode 0700
  const path = await mkdtemp(join(parent, `${purpose}-${process.pid}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** The process may be one of another machine or container that shares the cache, so that its number alone says too little. */
const LEFT_AFTER_MS = 24 * 60 * 60 * 1000;

/** Removes folders that processes which died left below the cache. Never rejects. */
export async function sweepTemporaryFolders(cacheFolder: string): Promise<void> {
  const parent = join(cacheFolder, 'tmp');
  for (const name of await readdir(parent).catch(() => [])) {
    const path = join(parent, name);
    const found = await stat(path).catch(() => undefined);
    const pid = /-(\d+)-[^-]+$/.exec(name)?.[1];
    if (found === undefined || Date.now() - found.mtimeMs < LEFT_AFTER_MS) continue;
    if (pid !== undefined && processLives(Number(pid))) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
