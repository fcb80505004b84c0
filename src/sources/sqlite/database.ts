import { stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { CaissonError, messageOf } from '../../core/errors.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../temporary-folder.ts';
import { head, snapshotDatabase } from './snapshot.ts';

export type Row = Readonly<Record<string, unknown>>;

/** A database that is only read. */
export interface ReadableDatabase {
  /** Runs a query with `?` parameters. Throws STORE_FAILED. */
  all(sql: string, parameters?: readonly (string | number)[]): readonly Row[];
  /** Names of a table's columns; empty when there is no such table. */
  columns(table: string): ReadonlySet<string>;
  close(): Promise<void>;
}

interface Connection {
  prepare(sql: string): { all(...parameters: unknown[]): unknown[] };
  exec(sql: string): unknown;
  close(): void;
}

const MAGIC = 'SQLite format 3\0';
/** Offset of the read and write version in the header: 2 means that a WAL is used. */
const FORMAT_VERSIONS = { write: 18, read: 19 };
/** How long to wait for a writer that holds the lock, in milliseconds. The wait blocks, so it is short. */
const BUSY_TIMEOUT_MS = 3000;

/**
 * Opens a SQLite database so that nothing is created beside it, not even for a moment. One with a rollback journal
 * is read where it lies. One in WAL mode, or with the journal of a writer that died, is read from a private copy,
 * because SQLite would create or change files beside it. Throws STORE_UNREACHABLE, STORE_FAILED.
 */
export async function openDatabase(path: string, cacheFolder: string): Promise<ReadableDatabase> {
  const header = await readHeader(path);
  if (header.length > 0 && header.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw new CaissonError('STORE_FAILED', `'${path}' is not a SQLite database`);
  const usesWal = header[FORMAT_VERSIONS.write] === 2 || header[FORMAT_VERSIONS.read] === 2;
  if (usesWal) return openCopy(path, cacheFolder);
  try {
    return await openInPlace(path);
  } catch (error) {
    if (!needsRollback(error)) throw failed(path, error);
    return openCopy(path, cacheFolder);
  }
}

async function readHeader(path: string): Promise<Buffer> {
  try {
    if (!(await stat(path)).isFile())
      throw new CaissonError('STORE_UNREACHABLE', `'${path}' is not a database file`);
    return await head(path, 100);
  } catch (error) {
    if (error instanceof CaissonError) throw error;
    throw new CaissonError(
      'STORE_UNREACHABLE',
      `the database file '${path}' cannot be read: ${messageOf(error)}`,
      {
        hint: 'check --tracking-uri; sqlite:///FILE is relative to the working folder, sqlite:////FILE is absolute',
        cause: error,
      },
    );
  }
}

async function openInPlace(path: string): Promise<ReadableDatabase> {
  const connection = await connect(path, 'ro');
  try {
    // the first read finds out about locks and journals
    connection.prepare('SELECT count(*) FROM sqlite_schema').all();
  } catch (error) {
    connection.close();
    throw error;
  }
  return wrap({ path, connection, afterClose: () => Promise.resolve() });
}

async function openCopy(path: string, cacheFolder: string): Promise<ReadableDatabase> {
  const folder: TemporaryFolder = await makeTemporaryFolder(cacheFolder, 'database');
  try {
    const copy = await snapshotDatabase(path, folder.path);
    const connection = await connect(copy, 'rw');
    return wrap({ path, connection, afterClose: () => folder.remove() });
  } catch (error) {
    await folder.remove();
    throw error instanceof CaissonError ? error : failed(path, error);
  }
}

/** The library ignores its own `readonly` option, so that SQLite's `mode` is what keeps the user's file as it is. */
async function connect(path: string, mode: 'ro' | 'rw'): Promise<Connection> {
  const { default: Database } = await import('libsql');
  const connection = new Database(`${pathToFileURL(path).href}?mode=${mode}`) as unknown as Connection;
  // sorting must not write into a temporary folder either
  connection.exec(`PRAGMA busy_timeout=${BUSY_TIMEOUT_MS}; PRAGMA temp_store=MEMORY`);
  return connection;
}

interface Opened {
  readonly path: string;
  readonly connection: Connection;
  readonly afterClose: () => Promise<void>;
}

function wrap({ path, connection, afterClose }: Opened): ReadableDatabase {
  let open = true;
  const all = (sql: string, parameters: readonly (string | number)[] = []): readonly Row[] => {
    try {
      return connection.prepare(sql).all([...parameters]) as Row[];
    } catch (error) {
      throw failed(path, error);
    }
  };
  return {
    all,
    columns: (table) =>
      new Set(all('SELECT name FROM pragma_table_info(?)', [table]).map((row) => String(row['name']))),
    close: async () => {
      if (!open) return;
      open = false;
      connection.close();
      await afterClose();
    },
  };
}

function needsRollback(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_READONLY_ROLLBACK';
}

function failed(path: string, error: unknown): CaissonError {
  const locked = error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
  return new CaissonError('STORE_FAILED', `the database '${path}' cannot be read: ${messageOf(error)}`, {
    hint: locked ? 'another process holds it locked; try again when it has finished' : undefined,
    cause: error,
  });
}
