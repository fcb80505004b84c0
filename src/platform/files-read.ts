import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The text of every file below a folder, by path relative to it with forward slashes, sorted. `isWanted` is asked for the base name of each
 * file and folder; what it refuses is not entered or read.
 */
export async function readTree(
  folder: string,
  isWanted: (name: string) => boolean = () => true,
): Promise<Readonly<Record<string, string>>> {
  const paths = await listFiles(folder, isWanted);
  const texts = await Promise.all(
    paths.map(async (path) => [path, await readFile(join(folder, path), 'utf8')] as const),
  );
  return Object.fromEntries(texts);
}

async function listFiles(folder: string, isWanted: (name: string) => boolean): Promise<readonly string[]> {
  const found = await readdir(folder, { withFileTypes: true });
  const paths = await Promise.all(
    found
      .filter(({ name }) => isWanted(name))
      .map(async (entry) => {
        if (!entry.isDirectory()) return [entry.name];
        const below = await listFiles(join(folder, entry.name), isWanted);
        return below.map((path) => `${entry.name}/${path}`);
      }),
  );
  return paths.flat().sort();
}
