import { answerPages } from '../tracking-server/answer-pages.ts';
import { numberOf, textOf } from '../tracking-server/json-fields.ts';
import type { ApiQuery, JsonObject, ServerApi } from '../tracking-server/server-api.ts';
import { ListingLimit } from '../listing-limit.ts';
import { listTree } from './list-tree.ts';
import type { RemoteFile } from './port.ts';
import { safePath } from './safe-path.ts';

/** One entry of a folder. */
export interface RemoteEntry {
  /** Relative to the folder. */
  readonly name: string;
  readonly kind: 'file' | 'folder';
  readonly size?: number;
}

/** How one folder is asked for: the request for it, and the path that the server writes in front of its names. */
export interface FolderQuestion {
  readonly query: ApiQuery;
  readonly prefix: string;
}

/** Lists all files below a place of a tracking server. A place that does not exist gives none. Throws STORE_FAILED and what ServerApi throws. */
export function listServerFiles(
  api: ServerApi,
  question: (folder: string) => FolderQuestion,
): Promise<readonly RemoteFile[]> {
  return listTree({
    shown: api.shown,
    ranges: 'to-resume',
    listFolder: async (folder) =>
      (await listServerFolder(api, question(folder))).map(({ name, ...entry }) => ({
        ...entry,
        path: joined(folder, name),
      })),
  });
}

/** The entries of one folder; none when it does not exist. */
export async function listServerFolder(
  api: ServerApi,
  { query, prefix }: FolderQuestion,
): Promise<readonly RemoteEntry[]> {
  const entries: RemoteEntry[] = [];
  const limit = new ListingLimit(api.shown);
  for await (const { items } of answerPages(api, query, 'files')) {
    limit.page(items.length);
    for (const file of items) entries.push(parseEntry(file, prefix, api));
  }
  return entries;
}

function parseEntry(file: JsonObject, prefix: string, { shown }: ServerApi): RemoteEntry {
  const path = textOf(file, 'path') ?? '';
  const name = safePath(
    prefix !== '' && path.startsWith(`${prefix}/`) ? path.slice(prefix.length + 1) : path,
    shown,
  );
  const size = numberOf(file, 'file_size');
  return {
    name,
    kind: file['is_dir'] === true ? 'folder' : 'file',
    ...(size === undefined ? {} : { size }),
  };
}

/** Two paths as one; either may be empty. */
export const joined = (folder: string, name: string): string =>
  [folder, name].filter((part) => part !== '').join('/');
