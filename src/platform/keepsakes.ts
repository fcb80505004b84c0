import { lstat, mkdir, readdir, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { readOptionalText } from './optional-file.ts';
import { writeWhole } from './whole-file.ts';

/** What is kept: each kind has a folder of its own below the cache. */
const KINDS = ['locks', 'builds', 'self-tests'] as const;
export type KeepsakeKind = (typeof KINDS)[number];

export interface Keepsake {
  readonly kind: KeepsakeKind;
  readonly key: string;
  readonly bytes: number;
  /** Milliseconds since 1970, of the last read or write. */
  readonly lastUsed: number;
}

/** Small texts kept between runs. One that is lost costs time and nothing else, so no method ever rejects. */
export interface Keepsakes {
  /** `key`: hex digits. undefined when nothing was kept, or it cannot be read. */
  read(kind: KeepsakeKind, key: string): Promise<string | undefined>;
  write(kind: KeepsakeKind, key: string, text: string): Promise<void>;
  remove(kind: KeepsakeKind, key: string): Promise<void>;
  /** In no order; with what processes that died left half-written. */
  list(): Promise<readonly Keepsake[]>;
}

/** Files below a folder that only this user can read. Several processes may write at once: a file is there whole or not at all. */
export function createKeepsakes(cacheFolder: string): Keepsakes {
  const pathOf = (kind: KeepsakeKind, key: string): string => join(cacheFolder, kind, safe(key));
  return {
    read: async (kind, key) => {
      const path = pathOf(kind, key);
      const text = await readOptionalText(path).catch(() => undefined);
      const now = new Date();
      if (text !== undefined) await utimes(path, now, now).catch(() => undefined);
      return text;
    },
    write: async (kind, key, text) => {
      try {
        await mkdir(join(cacheFolder, kind), { recursive: true, mode: 0o700 });
        await writeWhole(pathOf(kind, key), text);
      } catch {
        // it costs time later
      }
    },
    remove: (kind, key) => rm(pathOf(kind, key), { force: true }).catch(() => undefined),
    list: async () => (await Promise.all(KINDS.map((kind) => listKind(cacheFolder, kind)))).flat(),
  };
}

async function listKind(cacheFolder: string, kind: KeepsakeKind): Promise<readonly Keepsake[]> {
  const names = await readdir(join(cacheFolder, kind)).catch(() => []);
  const found = await Promise.all(
    names.map(async (key): Promise<readonly Keepsake[]> => {
      const stats = await lstat(join(cacheFolder, kind, key)).catch(() => undefined);
      if (stats?.isFile() !== true || safe(key) !== key) return [];
      return [{ kind, key, bytes: stats.size, lastUsed: stats.mtimeMs }];
    }),
  );
  return found.flat();
}

/** A key is made by hashing, and a dot and a UUID follow while it is written; anything else would be a path. */
function safe(key: string): string {
  return key.replaceAll(/[^a-f0-9.-]/g, '').replace(/^\.+/, '');
}
