import { CaissonError, throwIfAborted } from '../../../core/errors.ts';
import { ListingLimit } from '../../listing-limit.ts';
import type { RemoteFile } from '../port.ts';
import { limitListing, safePath } from '../safe-path.ts';
import { STATUS, type DirectoryEntry, type FileAttributes } from './packets.ts';
import { patiently } from './patiently.ts';
import { SftpRefusal, type SftpSession } from './session.ts';

export interface TreeRequest {
  /** Absolute. */
  readonly root: string;
  /** How errors name it. */
  readonly shown: string;
  readonly signal: AbortSignal;
}

/** Links to folders above would go on for ever. */
const MAX_DEPTH = 64;

/** Every file below a folder; none when there is no such folder. A link is followed inside the folder, and refused when it leads out. */
export async function listTree(session: SftpSession, request: TreeRequest): Promise<readonly RemoteFile[]> {
  const files: RemoteFile[] = [];
  let folders: readonly string[] = [''];
  for (let depth = 0; folders.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw failed(request, `holds folders more than ${MAX_DEPTH} deep`);
    const next: string[] = [];
    for (const folder of folders) {
      throwIfAborted(request.signal);
      for (const entry of await readFolder(session, request, folder)) {
        const path = safePath(folder === '' ? entry.name : `${folder}/${entry.name}`, request.shown);
        const attributes =
          entry.attributes.type === 'link' ? await followed(session, request, path) : entry.attributes;
        if (attributes.type === 'folder') next.push(path);
        else if (attributes.type === 'file') files.push(fileOf(path, attributes));
      }
      limitListing(files.length + next.length, request.shown);
    }
    folders = next;
  }
  return files;
}

/** What another content nearly always has another one of: SFTP knows no digests. */
export function versionOf({ size, modified }: FileAttributes): string | undefined {
  return size === undefined || modified === undefined ? undefined : `${modified}-${size}`;
}

export const joined = (root: string, path: string): string =>
  path === '' ? root : `${root.replace(/\/$/, '')}/${path}`;

async function readFolder(
  session: SftpSession,
  { root, shown, signal }: TreeRequest,
  folder: string,
): Promise<readonly DirectoryEntry[]> {
  try {
    const entries = await patiently(signal, () =>
      session.readFolder(joined(root, folder), new ListingLimit(shown)),
    );
    return entries.filter(({ name }) => name !== '.' && name !== '..');
  } catch (error) {
    if (folder === '' && error instanceof SftpRefusal && error.status === STATUS.NO_SUCH_FILE) return [];
    throw error;
  }
}

async function followed(session: SftpSession, request: TreeRequest, path: string): Promise<FileAttributes> {
  const { root, signal } = request;
  const inside = await patiently(signal, () => session.realPath(root));
  const target = await patiently(signal, () => session.realPath(joined(root, path)));
  if (!target.startsWith(inside.endsWith('/') ? inside : `${inside}/`))
    throw failed(request, `holds the link '${path}', which leads out of it`);
  return patiently(signal, () => session.stat(joined(root, path)));
}

function fileOf(path: string, attributes: FileAttributes): RemoteFile {
  const version = versionOf(attributes);
  return {
    path,
    ranges: 'supported',
    ...(attributes.size === undefined ? {} : { size: attributes.size }),
    ...(version === undefined ? {} : { version }),
  };
}

const failed = ({ shown }: TreeRequest, what: string): CaissonError =>
  new CaissonError('STORE_FAILED', `${shown} ${what}`, { hint: 'copy the files into the model itself' });
