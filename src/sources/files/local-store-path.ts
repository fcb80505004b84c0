import { stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';

export interface StoreFolders {
  readonly workingFolder: string;
  /** The folder of the database file, or of the file store; absent for a tracking server. */
  readonly storeFolder?: string;
  /** The same of a registry that is another store. */
  readonly registryFolder?: string;
}

/** A single folder name says too little: `artifacts` would match anything. */
const MIN_TAIL = 2;

/**
 * The folder that a store recorded, as it is found on this machine: itself, else (the store was copied from another
 * machine, perhaps one with Windows) the longest tail of the path that exists below the store's own folder.
 * undefined when there is none.
 */
export async function findStoredFolder(recorded: string, folders: StoreFolders): Promise<string | undefined> {
  for (const candidate of candidates(recorded, folders)) if (await isFolder(candidate)) return candidate;
  return undefined;
}

function* candidates(
  recorded: string,
  { workingFolder, storeFolder, registryFolder }: StoreFolders,
): Generator<string> {
  const segments = recorded.split(/[/\\]/).filter((segment) => segment !== '' && segment !== '.');
  const fromWindows = /^[a-z]:[/\\]/i.test(recorded);
  if (!fromWindows || process.platform === 'win32')
    yield isAbsolute(recorded) ? recorded : resolve(workingFolder, recorded);
  if (segments.includes('..')) return;
  const tail = fromWindows ? segments.slice(1) : segments;
  for (const folder of [storeFolder, registryFolder].filter((each) => each !== undefined))
    for (let start = 0; start <= tail.length - MIN_TAIL; start += 1) yield join(folder, ...tail.slice(start));
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}
