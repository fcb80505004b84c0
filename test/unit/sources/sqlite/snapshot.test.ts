import type * as FsPromises from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Connection, openForWriting } from '../../../support/sqlite.ts';
import { temporaryFolders } from '../../../support/test-folders.ts';

/** What a writer does right after the database file was copied: the moment that a copy must survive. */
let afterCopy: (() => void) | undefined;
let copies = 0;

// Test files share their modules: this one loads its own, on top of a copyFile of its own.
vi.resetModules();
vi.doMock('node:fs/promises', async (original) => {
  const real = await original<typeof FsPromises>();
  const copyFile: typeof real.copyFile = async (source, target, mode) => {
    await real.copyFile(source, target, mode);
    if (!String(source).endsWith('.db')) return;
    copies += 1;
    afterCopy?.();
  };
  return { ...real, copyFile };
});
const { snapshotDatabase } = await import('../../../../src/sources/sqlite/snapshot.ts');

afterAll(() => {
  vi.doUnmock('node:fs/promises');
  vi.resetModules();
});

const makeFolder = temporaryFolders();

beforeEach(() => {
  afterCopy = undefined;
  copies = 0;
});

/** The writer's work, done once. */
function once(work: () => void): () => void {
  return () => {
    afterCopy = undefined;
    work();
  };
}

const rowsOf = (connection: Connection): unknown[] =>
  connection
    .prepare('SELECT a FROM t ORDER BY a')
    .all()
    .map((row) => (row as { a: unknown }).a);

async function rowsOfSnapshot(path: string): Promise<unknown[]> {
  const connection = openForWriting(await snapshotDatabase(path, makeFolder()), 'delete');
  expect(connection.prepare('PRAGMA integrity_check').all()).toMatchObject([{ integrity_check: 'ok' }]);
  const rows = rowsOf(connection);
  connection.close();
  return rows;
}

describe('snapshotDatabase', () => {
  it('copies anew when the WAL was started anew after the database was copied', async () => {
    const path = join(makeFolder(), 'm.db');
    const connection = openForWriting(path, 'wal');
    connection.exec('PRAGMA wal_autocheckpoint=0; CREATE TABLE t(a); INSERT INTO t VALUES (1)');
    afterCopy = once(() => {
      connection.exec('PRAGMA wal_checkpoint(RESTART)');
      connection.exec('INSERT INTO t VALUES (2)');
    });
    expect(await rowsOfSnapshot(path)).toEqual([1, 2]);
    expect(copies).toBe(2);
    connection.close();
  });

  it('copies anew when the last writer closes and takes the WAL away', async () => {
    const path = join(makeFolder(), 'm.db');
    const connection = openForWriting(path, 'wal');
    connection.exec('CREATE TABLE t(a); INSERT INTO t VALUES (1)');
    afterCopy = once(() => connection.close());
    expect(await rowsOfSnapshot(path)).toEqual([1]);
    expect(copies).toBe(2);
  });

  it('needs one copy when a writer only adds to the WAL, and sees what was added', async () => {
    const path = join(makeFolder(), 'm.db');
    const connection = openForWriting(path, 'wal');
    connection.exec('CREATE TABLE t(a); INSERT INTO t VALUES (1)');
    afterCopy = once(() => connection.exec('INSERT INTO t VALUES (2)'));
    expect(await rowsOfSnapshot(path)).toEqual([1, 2]);
    expect(copies).toBe(1);
    connection.close();
  });

  it('copies anew when a database without a WAL was written to', async () => {
    const path = join(makeFolder(), 'm.db');
    const connection = openForWriting(path);
    connection.exec('CREATE TABLE t(a); INSERT INTO t VALUES (1)');
    afterCopy = once(() => connection.exec('INSERT INTO t VALUES (2)'));
    expect(await rowsOfSnapshot(path)).toEqual([1, 2]);
    expect(copies).toBe(2);
    connection.close();
  });

  it('gives up on a writer that never pauses', async () => {
    const path = join(makeFolder(), 'm.db');
    const connection = openForWriting(path);
    connection.exec('CREATE TABLE t(a)');
    afterCopy = () => connection.exec('INSERT INTO t VALUES (1)');
    await expect(snapshotDatabase(path, makeFolder())).rejects.toMatchObject({ code: 'STORE_FAILED' });
    connection.close();
  }, 20_000);
});
