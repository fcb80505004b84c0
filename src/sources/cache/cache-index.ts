import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../../platform/whole-file.ts';
import type { RemoteFile } from '../artifacts/port.ts';

/** One place that a model was brought from, as it was listed then. */
export interface ListedPlace {
  /** Store and path, and the way to it. */
  readonly place: string;
  readonly files: readonly RemoteFile[];
  /** `sha256` of the MLmodel file: a model that is logged anew has another, whatever the store says of its files. */
  readonly mlmodel?: string;
}

/** What leads from places and listings to a tree of the cache. */
export interface IndexEntry {
  readonly digest: string;
  /** The model's URI, for people. */
  readonly model: string;
}

/** The name of what was listed, in hex: the same places with the same files have the same one. */
export function listingKey(places: readonly ListedPlace[]): string {
  const facts = places.map(({ place, files, mlmodel }) => [
    place,
    mlmodel ?? null,
    [...files]
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .map(({ path, size, version, checksum }) => [
        path,
        size ?? null,
        version ?? null,
        checksum?.value ?? null,
      ]),
  ]);
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

export async function readIndex(folder: string, key: string): Promise<IndexEntry | undefined> {
  try {
    const value = JSON.parse(await readFile(join(folder, `${key}.json`), 'utf8')) as Partial<IndexEntry>;
    const { digest, model } = value;
    if (typeof digest !== 'string' || typeof model !== 'string') return undefined;
    return /^sha256:[0-9a-f]{64}$/.test(digest) ? { digest, model } : undefined;
  } catch {
    return undefined;
  }
}

export async function writeIndex(folder: string, key: string, entry: IndexEntry): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(join(folder, `${key}.json`), JSON.stringify(entry));
}

/** Every entry, with its key. */
export async function listIndex(folder: string): Promise<readonly (IndexEntry & { readonly key: string })[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const key = name.replace(/\.json$/, '');
      const entry = await readIndex(folder, key);
      return entry === undefined ? [] : [{ ...entry, key }];
    }),
  );
  return found.flat();
}
