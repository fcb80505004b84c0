import Database from 'libsql';

export type Connection = InstanceType<typeof Database>;

/** Opens a database for writing, as another program would. */
export function openForWriting(path: string, journal: 'delete' | 'wal' = 'delete'): Connection {
  const connection = new Database(path);
  connection.exec(`PRAGMA journal_mode=${journal}`);
  return connection;
}

export function writeAndClose(connection: Connection, sql: string): void {
  connection.exec(sql);
  connection.close();
}
