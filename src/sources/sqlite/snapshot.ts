import { constants } from 'node:fs';
import { copyFile, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CaissonError } from '../../core/errors.ts';

const ATTEMPTS = 20;
const PAUSE_MS = 50;
/** Magic, format, page size, checkpoint sequence, two salts, two checksums. */
const WAL_HEADER_BYTES = 32;

/**
 * Copies a database and what SQLite keeps beside it (`-wal`, or the `-journal` of a writer that died) into a private
 * folder, as one consistent state, while others may write. Nothing is created or locked beside the original.
 *
 * Why this is consistent: the database is copied before its companion. In WAL mode every page that a checkpoint
 * changed meanwhile is also in the WAL, unless the WAL was started anew, which changes the salts in its header; then
 * the copy is repeated. A torn last frame fails its checksum and is not read. With a rollback journal the time and
 * size of both files must not change. Source: SQLite's file format documentation, sections 3 and 4.
 * Returns the path of the copy. Throws STORE_FAILED when writers never pause.
 */
export async function snapshotDatabase(database: string, folder: string): Promise<string> {
  const copy = join(folder, 'snapshot.db');
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const before = await fingerprint(database);
    await copyFile(database, copy, constants.COPYFILE_FICLONE);
    for (const suffix of ['-wal', '-journal']) await copyIfThere(database + suffix, copy + suffix);
    if ((await fingerprint(database)) === before) return copy;
    await wait(PAUSE_MS);
  }
  throw new CaissonError('STORE_FAILED', `the database '${database}' is written to without a pause`, {
    hint: 'start mlflow server with this store and give its address with --tracking-uri',
  });
}

/** Changes whenever a copy made in between could mix two states. */
async function fingerprint(database: string): Promise<string> {
  const wal = await head(`${database}-wal`, WAL_HEADER_BYTES);
  if (wal.length === WAL_HEADER_BYTES) return `wal ${wal.toString('hex')}`;
  return `files ${await times(database)} ${await times(`${database}-wal`)} ${await times(`${database}-journal`)}`;
}

async function times(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found === undefined ? 'absent' : `${found.ino} ${found.size} ${found.mtimeNs}`;
}

async function copyIfThere(source: string, target: string): Promise<void> {
  try {
    await copyFile(source, target, constants.COPYFILE_FICLONE);
  } catch (error) {
    if (!isMissing(error)) throw error;
    // an earlier attempt may have copied one that is gone by now
    await rm(target, { force: true });
  }
}

/** The first bytes of a file; fewer when it is shorter, none when it is missing. */
export async function head(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (file === undefined) return Buffer.alloc(0);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
