import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readOptionalText } from './optional-file.ts';

/** What is kept: each kind has a folder of its own below the cache. */
export type KeepsakeKind = 'locks' | 'builds' | 'self-tests';

/** Small texts kept between runs. One that is lost costs time and nothing else, so no method ever rejects. */
export interface Keepsakes {
  /** `key`: hex digits. undefined when nothing was kept, or it cannot be read. */
  read(kind: KeepsakeKind, key: string): Promise<string | undefined>;
  write(kind: KeepsakeKind, key: string, text: string): Promise<void>;
  remove(kind: KeepsakeKind, key: string): Promise<void>;
}

/** Files below a folder that only this user can read. Several processes may write at once: a file is there whole or not at all. */
export function createKeepsakes(cacheFolder: string): Keepsakes {
  const pathOf = (kind: KeepsakeKind, key: string): string => join(cacheFolder, kind, safe(key));
  return {
    read: (kind, key) => readOptionalText(pathOf(kind, key)).catch(() => undefined),
    write: async (kind, key, text) => {
      const path = pathOf(kind, key);
      const partial = `${path}.${randomUUID()}`;
      try {
        await mkdir(join(cacheFolder, kind), { recursive: true, mode: 0o700 });
        await writeFile(partial, text, { mode: 0o600 });
        await rename(partial, path);
      } catch {
        await rm(partial, { force: true }).catch(() => undefined);
      }
    },
    remove: (kind, key) => rm(pathOf(kind, key), { force: true }).catch(() => undefined),
  };
}

/** A key is made by hashing; anything else would be a path. */
function safe(key: string): string {
  return key.replaceAll(/[^a-f0-9]/g, '');
}
