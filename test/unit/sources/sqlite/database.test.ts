import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../../src/sources/sqlite/database.ts';
import { openForWriting, writeAndClose } from '../../../support/sqlite.ts';
import { temporaryFolders } from '../../../support/test-folders.ts';

const makeFolder = temporaryFolders();

interface Watched<T> {
  readonly result: T;
  /** Names of all files that came, went or changed in the folder, however briefly. */
  readonly changed: readonly string[];
  /** Those that came or went. */
  readonly madeOrGone: readonly string[];
}

async function watched<T>(folder: string, work: () => Promise<T>): Promise<Watched<T>> {
  const changed = new Set<string>();
  const madeOrGone = new Set<string>();
  const watcher = watch(folder, (event, name) => {
    changed.add(name ?? '?');
    if (event === 'rename') madeOrGone.add(name ?? '?');
  });
  await wait(50);
  try {
    const result = await work();
    await wait(100);
    return { result, changed: [...changed], madeOrGone: [...madeOrGone] };
  } finally {
    watcher.close();
  }
}

async function readRows(path: string, cacheFolder: string): Promise<readonly unknown[]> {
  const database = await openDatabase(path, cacheFolder);
  try {
    return database.all('SELECT a FROM t ORDER BY a DESC').map((row) => row['a']);
  } finally {
    await database.close();
  }
}

/** Runs a script that imports libsql, in a process of its own. */
function writer(script: string): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '-e', `import Database from 'libsql';\n${script}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

describe('openDatabase', () => {
  it('sees a change of the folder, or the next tests would prove nothing', async () => {
    const folder = makeFolder();
    const { madeOrGone } = await watched(folder, () => {
      openForWriting(join(folder, 'm.db'), 'wal').exec('CREATE TABLE t(a)');
      return Promise.resolve();
    });
    expect(madeOrGone).toContain('m.db-wal');
  });

  it('reads a database with a rollback journal where it lies, and changes nothing', async () => {
    const folder = makeFolder();
    const cache = makeFolder();
    const path = join(folder, 'my #1 50%25.db');
    writeAndClose(openForWriting(path), 'CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)');
    const bytes = readFileSync(path);
    const { result, changed } = await watched(folder, () => readRows(path, cache));
    expect(result).toEqual([2, 1]);
    expect(changed).toEqual([]);
    expect(readFileSync(path)).toEqual(bytes);
    expect(readdirSync(cache)).toEqual([]);
  });

  it('reads a WAL database that was closed cleanly, and creates neither -wal nor -shm', async () => {
    const folder = makeFolder();
    const cache = makeFolder();
    const path = join(folder, 'm.db');
    writeAndClose(openForWriting(path, 'wal'), 'CREATE TABLE t(a); INSERT INTO t VALUES (1)');
    expect(readdirSync(folder)).toEqual(['m.db']);
    const { result, changed } = await watched(folder, () => readRows(path, cache));
    expect(result).toEqual([1]);
    expect(changed).toEqual([]);
    expect(readdirSync(join(cache, 'tmp'))).toEqual([]);
  });

  it('sees rows that are only in the WAL, while the writer has the database open', async () => {
    const folder = makeFolder();
    const cache = makeFolder();
    const path = join(folder, 'm.db');
    const connection = openForWriting(path, 'wal');
    connection.exec('PRAGMA wal_autocheckpoint=0; CREATE TABLE t(a); INSERT INTO t VALUES (41)');
    const { result, changed } = await watched(folder, () => readRows(path, cache));
    expect(result).toEqual([41]);
    expect(changed).toEqual([]);
    connection.close();
  });

  it('reads what was committed before a writer died, and leaves its journal alone', async () => {
    const folder = makeFolder();
    const cache = makeFolder();
    const path = join(folder, 'm.db');
    const child = writer(`
      const db = new Database(${JSON.stringify(path)});
      db.exec("PRAGMA cache_size=2; CREATE TABLE t(a, b)");
      db.exec("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 59) INSERT INTO t SELECT i, zeroblob(300) FROM n");
      db.exec("BEGIN; UPDATE t SET a = -1");
      process.kill(process.pid, 'SIGKILL');`);
    await once(child, 'exit');
    expect(existsSync(`${path}-journal`)).toBe(true);
    const before = ['', '-journal'].map((suffix) => readFileSync(path + suffix));
    const { result, madeOrGone } = await watched(folder, () => readRows(path, cache));
    expect(result[0]).toBe(59);
    expect(result).not.toContain(-1);
    // for root, SQLite sets the journal's owner to what it is already, so that only its content can be compared
    expect(madeOrGone).toEqual([]);
    expect(['', '-journal'].map((suffix) => readFileSync(path + suffix))).toEqual(before);
    expect(readdirSync(join(cache, 'tmp'))).toEqual([]);
  });

  it('copies one consistent state while a writer never stops', async () => {
    const folder = makeFolder();
    const cache = makeFolder();
    const path = join(folder, 'm.db');
    const child = writer(`
      const db = new Database(${JSON.stringify(path)});
      db.exec("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=200; CREATE TABLE t(a); CREATE TABLE u(a, b)");
      db.exec("INSERT INTO t VALUES (0)");
      db.exec("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199) INSERT INTO u SELECT 0, zeroblob(200) FROM n");
      console.log('ready');
      for (let i = 1; ; i += 1) db.exec("BEGIN; UPDATE t SET a = " + i + "; UPDATE u SET a = " + i + "; COMMIT");`);
    try {
      await once(child.stdout!, 'data');
      const seen = new Set<unknown>();
      for (const end = Date.now() + 2000; Date.now() < end;) {
        const database = await openDatabase(path, cache);
        const [row] = database.all('SELECT min(u.a) AS low, max(u.a) AS high, t.a AS own FROM u, t');
        expect(row).toMatchObject({ low: row!['own'], high: row!['own'] });
        expect(database.all('PRAGMA integrity_check')).toMatchObject([{ integrity_check: 'ok' }]);
        seen.add(row!['own']);
        await database.close();
      }
      expect(seen.size).toBeGreaterThan(1);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    expect(readdirSync(join(cache, 'tmp'))).toEqual([]);
  }, 30_000);

  it('knows the columns of a table, and that there is none', async () => {
    const path = join(makeFolder(), 'm.db');
    writeAndClose(openForWriting(path), 'CREATE TABLE t(a, b)');
    const database = await openDatabase(path, makeFolder());
    expect(database.columns('t')).toEqual(new Set(['a', 'b']));
    expect(database.columns('nope').size).toBe(0);
    expect(() => database.all('SELECT nope FROM t')).toThrow(
      expect.objectContaining({ code: 'STORE_FAILED' }),
    );
    expect(() => database.all('INSERT INTO t VALUES (1, 2)')).toThrow('readonly');
    await database.close();
    await database.close();
  });

  it('does not make a database that is missing', async () => {
    const folder = makeFolder();
    const path = join(folder, 'm.db');
    await expect(openDatabase(path, makeFolder())).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    await expect(openDatabase(folder, makeFolder())).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    expect(existsSync(path)).toBe(false);
  });

  it('refuses what is not a database', async () => {
    const path = join(makeFolder(), 'm.db');
    writeFileSync(path, 'hello, this is not a database');
    await expect(openDatabase(path, makeFolder())).rejects.toThrow('is not a SQLite database');
  });

  it('refuses a damaged database and leaves no copy of it', async () => {
    const folder = makeFolder();
    const cache = makeFolder();
    const path = join(folder, 'm.db');
    writeAndClose(openForWriting(path, 'wal'), 'CREATE TABLE t(a)');
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 100);
    writeFileSync(path, bytes);
    await expect(readRows(path, cache)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(readdirSync(join(cache, 'tmp'))).toEqual([]);
  });

  it(
    'waits for a writer that holds the lock, and says so when it does not end',
    { timeout: 20_000 },
    async () => {
      const path = join(makeFolder(), 'm.db');
      const writer = openForWriting(path);
      writer.exec('CREATE TABLE t(a); BEGIN EXCLUSIVE; INSERT INTO t VALUES (1)');
      await expect(readRows(path, makeFolder())).rejects.toMatchObject({
        code: 'STORE_FAILED',
        hint: 'another process holds it locked; try again when it has finished',
      });
      writer.exec('COMMIT');
      writer.close();
      expect(await readRows(path, makeFolder())).toHaveLength(1);
    },
  );
});
