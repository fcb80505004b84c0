import { CaissonError } from '../../core/errors.ts';
import { runPool } from '../download/pool.ts';
import type { RemoteFile } from './port.ts';
import { checkedListing, limitListing, safePath } from './safe-path.ts';

/** What one folder holds, by its path below the place. */
export interface TreeEntry {
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly size?: number;
}

/** A place that is listed one folder at a time. */
export interface FolderTree {
  /** For errors. */
  readonly shown: string;
  /** How its files may be read. */
  readonly ranges: RemoteFile['ranges'];
  /** Entries of a folder below the place (empty: the place itself); none when it does not exist. */
  readonly listFolder: (folder: string) => Promise<readonly TreeEntry[]>;
}

const MAX_DEPTH = 64;
/** Folders that are asked for at once. */
const PARALLEL = 4;

/**
 * Lists all files below a place, level by level. The answers are input from elsewhere: anything that could lead out of the folder, or that
 * has no end, is refused. Throws STORE_FAILED and what `listFolder` throws.
 */
export async function listTree({ shown, ranges, listFolder }: FolderTree): Promise<readonly RemoteFile[]> {
  const files: RemoteFile[] = [];
  let folders: readonly string[] = [''];
  for (let depth = 0; folders.length > 0; depth += 1) {
    if (depth > MAX_DEPTH)
      throw new CaissonError('STORE_FAILED', `${shown} lists folders more than ${MAX_DEPTH} deep`);
    const next = new Set<string>();
    await runPool({ items: folders, parallel: PARALLEL, stop: new AbortController() }, async (folder) => {
      for (const { path, kind, size } of await listFolder(folder)) {
        safePath(path, shown);
        if (kind === 'folder') next.add(path);
        else files.push({ path, ranges, ...(size === undefined ? {} : { size }) });
      }
      limitListing(files.length + next.size, shown);
    });
    folders = [...next];
  }
  return checkedListing(files, shown);
}
