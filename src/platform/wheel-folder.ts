import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CaissonError, messageOf } from '../core/errors.ts';

/** A file on this machine, and how it is called. */
export interface FoundFile {
  readonly name: string;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** Where a folder lies, what the user calls it, and which of its files are wanted. */
interface Folder {
  readonly path: string;
  readonly name: string;
  readonly isWanted: (name: string) => boolean;
}

/** The wanted files that lie in a folder itself, links followed. Throws FILE_NOT_READABLE. */
export async function listFolder({
  path: folder,
  name: shown,
  isWanted,
}: Folder): Promise<readonly FoundFile[]> {
  try {
    const names = (await readdir(folder)).filter(isWanted);
    return await Promise.all(
      names.map(async (name) => {
        const path = join(folder, name);
        const found = await stat(path);
        if (found.isFile()) return { name, path, size: found.size, modified: found.mtimeMs };
        throw new CaissonError('FILE_NOT_READABLE', `'${shown}/${name}' is not a regular file`);
      }),
    );
  } catch (error) {
    if (error instanceof CaissonError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'it, or what a link in it points to, does not exist',
      ENOTDIR: 'it is not a folder',
      EACCES: 'permission denied',
    };
    const reason = reasons[code ?? ''] ?? messageOf(error);
    throw new CaissonError('FILE_NOT_READABLE', `the folder '${shown}' cannot be read: ${reason}`, {
      hint: '--find-links takes a folder with wheels, or the URL of a page with links to them',
      cause: error,
    });
  }
}
