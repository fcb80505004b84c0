import { openForWriting, type Connection } from './sqlite.ts';

/** The tables of MLflow's database that caisson reads, as schemas of three ages have them. */
const TABLES = {
  3: `CREATE TABLE runs(run_uuid TEXT PRIMARY KEY, lifecycle_stage TEXT, artifact_uri TEXT, experiment_id INTEGER);
    CREATE TABLE logged_models(model_id TEXT PRIMARY KEY, experiment_id INTEGER, name TEXT, artifact_location TEXT,
      creation_timestamp_ms BIGINT, lifecycle_stage TEXT, source_run_id TEXT);
    CREATE TABLE registered_models(name TEXT, workspace TEXT DEFAULT 'default');
    CREATE TABLE model_versions(name TEXT, version INTEGER, current_stage TEXT, source TEXT, run_id TEXT,
      storage_location TEXT, workspace TEXT DEFAULT 'default');
    CREATE TABLE registered_model_aliases(alias TEXT, version INTEGER, name TEXT, workspace TEXT DEFAULT 'default');`,
  2: `CREATE TABLE runs(run_uuid TEXT PRIMARY KEY, lifecycle_stage TEXT, artifact_uri TEXT, experiment_id INTEGER);
    CREATE TABLE registered_models(name TEXT PRIMARY KEY);
    CREATE TABLE model_versions(name TEXT, version INTEGER, current_stage TEXT, source TEXT, run_id TEXT);
    CREATE TABLE registered_model_aliases(alias TEXT, version INTEGER, name TEXT);`,
  1: 'CREATE TABLE runs(run_uuid TEXT PRIMARY KEY, lifecycle_stage TEXT, artifact_uri TEXT, experiment_id INTEGER);',
} as const;

export interface DatabaseContent {
  readonly runs?: readonly { readonly id: string; readonly artifactUri: string }[];
  readonly models?: readonly {
    readonly id: string;
    readonly name: string;
    readonly location: string;
    readonly run?: string;
    readonly created?: number;
    readonly lifecycle?: string;
  }[];
  readonly versions?: readonly {
    readonly name: string;
    readonly version: number;
    readonly source: string;
    readonly storage?: string;
    readonly stage?: string;
    readonly run?: string;
    readonly workspace?: string;
  }[];
  readonly aliases?: readonly { readonly name: string; readonly alias: string; readonly version: number }[];
}

/** Writes a database as MLflow of this major version makes it. */
export function writeMlflowDatabase(path: string, major: 1 | 2 | 3, content: DatabaseContent): void {
  const db = openForWriting(path);
  db.exec(TABLES[major]);
  for (const run of content.runs ?? [])
    db.prepare("INSERT INTO runs VALUES (?, 'active', ?, 1)").run([run.id, run.artifactUri]);
  for (const model of content.models ?? [])
    db.prepare('INSERT INTO logged_models VALUES (?, 1, ?, ?, ?, ?, ?)').run([
      model.id,
      model.name,
      model.location,
      model.created ?? 0,
      model.lifecycle ?? 'active',
      model.run ?? null,
    ]);
  writeRegistry(db, major, content);
  db.close();
}

function writeRegistry(db: Connection, major: 1 | 2 | 3, content: DatabaseContent): void {
  const versions = content.versions ?? [];
  for (const name of new Set(versions.map((version) => version.name)))
    db.prepare('INSERT INTO registered_models(name) VALUES (?)').run([name]);
  for (const {
    name,
    version,
    source,
    storage = null,
    stage = 'None',
    run = null,
    workspace = 'default',
  } of versions) {
    const common = [name, version, stage, source, run];
    if (major === 3)
      db.prepare('INSERT INTO model_versions VALUES (?, ?, ?, ?, ?, ?, ?)').run([
        ...common,
        storage,
        workspace,
      ]);
    else db.prepare('INSERT INTO model_versions VALUES (?, ?, ?, ?, ?)').run(common);
  }
  for (const { name, alias, version } of content.aliases ?? [])
    db.prepare('INSERT INTO registered_model_aliases(alias, version, name) VALUES (?, ?, ?)').run([
      alias,
      version,
      name,
    ]);
}
