import { CaissonError } from '../../core/errors.ts';
import type {
  LoggedModelRecord,
  RegisteredModelRecord,
  RunRecord,
  TrackingStore,
  VersionRecord,
} from '../tracking-store.ts';
import { openDatabase, type ReadableDatabase, type Row } from './database.ts';

const DELETED_STAGE = 'Deleted_Internal';
const MAX_NAMES = 500;

export interface SqliteStoreConfig {
  /** Absolute. */
  readonly path: string;
  readonly shown: string;
  readonly cacheFolder: string;
  /** Whose registered models: `default`, unless the database has others. */
  readonly workspace: string;
}

/** Opens MLflow's database (store/tracking/dbmodels/models.py, store/model_registry/dbmodels/models.py). */
export async function openSqliteStore(config: SqliteStoreConfig): Promise<TrackingStore> {
  const database = await openDatabase(config.path, config.cacheFolder);
  const shown = `the store '${config.shown}'`;
  if (database.columns('runs').has('artifact_uri')) return new SqliteStore(database, shown, config.workspace);
  await database.close();
  throw new CaissonError('STORE_FAILED', `${shown} is not a database of MLflow: it has no table 'runs'`);
}

/** The schema grew over the years, so that only columns that exist are asked for. */
class SqliteStore implements TrackingStore {
  readonly shown: string;
  readonly #database: ReadableDatabase;
  readonly #workspaceName: string;

  constructor(database: ReadableDatabase, shown: string, workspace: string) {
    this.#workspaceName = workspace;
    this.#database = database;
    this.shown = shown;
  }

  findRun(runId: string): Promise<RunRecord | undefined> {
    const [row] = this.#database.all(
      'SELECT run_uuid, experiment_id, artifact_uri FROM runs WHERE run_uuid = ?',
      [runId],
    );
    return Promise.resolve(row === undefined ? undefined : runOf(row));
  }

  findLoggedModel(modelId: string): Promise<LoggedModelRecord | undefined> {
    return Promise.resolve(this.#loggedModels('model_id = ?', modelId)[0]);
  }

  loggedModelsOf(run: RunRecord): Promise<readonly LoggedModelRecord[]> {
    return Promise.resolve(this.#loggedModels('source_run_id = ?', run.runId));
  }

  findVersion(name: string, version: number): Promise<VersionRecord | undefined> {
    if (!this.#has('model_versions')) return Promise.resolve(undefined);
    const storage = this.#has('model_versions', 'storage_location') ? 'storage_location' : 'NULL';
    const [row] = this.#database.all(
      `SELECT name, version, source, run_id, COALESCE(NULLIF(${storage}, ''), source) AS location
       FROM model_versions WHERE name = ? AND version = ? AND current_stage <> ?${this.#workspace('model_versions')}`,
      [name, version, DELETED_STAGE],
    );
    return Promise.resolve(row === undefined ? undefined : versionOf(row));
  }

  findRegisteredModel(name: string): Promise<RegisteredModelRecord | undefined> {
    if (!this.#has('registered_models')) return Promise.resolve(undefined);
    const known = this.#database.all(
      `SELECT 1 AS one FROM registered_models WHERE name = ?${this.#workspace('registered_models')}`,
      [name],
    );
    if (known.length === 0) return Promise.resolve(undefined);
    const latest = this.#database.all(
      `SELECT current_stage AS stage, MAX(version) AS version
       FROM model_versions WHERE name = ? AND current_stage <> ?${this.#workspace('model_versions')}
       GROUP BY current_stage`,
      [name, DELETED_STAGE],
    );
    const aliases = this.#aliases(name);
    return Promise.resolve({
      latest: latest.map((row) => ({ stage: String(row['stage']), version: Number(row['version']) })),
      aliases: aliases.map((row) => ({ alias: String(row['alias']), version: Number(row['version']) })),
    });
  }

  listVersions(name: string): Promise<readonly number[]> {
    if (!this.#has('model_versions')) return Promise.resolve([]);
    const rows = this.#database.all(
      `SELECT version FROM model_versions
       WHERE name = ? AND current_stage <> ?${this.#workspace('model_versions')} ORDER BY version`,
      [name, DELETED_STAGE],
    );
    return Promise.resolve(rows.map((row) => Number(row['version'])));
  }

  listRegisteredModels(): Promise<readonly string[]> {
    if (!this.#has('registered_models')) return Promise.resolve([]);
    const rows = this.#database.all(
      `SELECT name FROM registered_models WHERE 1 = 1${this.#workspace('registered_models')} ORDER BY name LIMIT ${MAX_NAMES}`,
    );
    return Promise.resolve(rows.map((row) => String(row['name'])));
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  #loggedModels(condition: string, value: string): readonly LoggedModelRecord[] {
    if (!this.#has('logged_models')) return [];
    // the order of MLflow's search_logged_models
    const rows = this.#database.all(
      `SELECT model_id, name, artifact_location, source_run_id FROM logged_models
       WHERE ${condition} AND lifecycle_stage <> 'deleted' ORDER BY creation_timestamp_ms DESC, model_id`,
      [value],
    );
    return rows.map(loggedModelOf);
  }

  #aliases(name: string): readonly Row[] {
    if (!this.#has('registered_model_aliases')) return [];
    return this.#database.all(
      `SELECT alias, version FROM registered_model_aliases
       WHERE name = ?${this.#workspace('registered_model_aliases')} ORDER BY alias`,
      [name],
    );
  }

  /** Names are unique within a workspace; without one, MLflow's client is in `default`. */
  #workspace(table: string): string {
    const quoted = this.#workspaceName.replaceAll("'", "''");
    return this.#has(table, 'workspace') ? ` AND workspace = '${quoted}'` : '';
  }

  #has(table: string, column?: string): boolean {
    const columns = this.#database.columns(table);
    return column === undefined ? columns.size > 0 : columns.has(column);
  }
}

function runOf(row: Row): RunRecord {
  return {
    runId: String(row['run_uuid']),
    experimentId: String(row['experiment_id']),
    artifactUri: text(row, 'artifact_uri') ?? '',
  };
}

function loggedModelOf(row: Row): LoggedModelRecord {
  const sourceRunId = text(row, 'source_run_id');
  return {
    modelId: String(row['model_id']),
    name: String(row['name']),
    artifactUri: text(row, 'artifact_location') ?? '',
    ...(sourceRunId === undefined ? {} : { sourceRunId }),
  };
}

function versionOf(row: Row): VersionRecord {
  const source = text(row, 'source');
  const runId = text(row, 'run_id');
  return {
    name: String(row['name']),
    version: Number(row['version']),
    location: text(row, 'location') ?? '',
    ...(source === undefined ? {} : { source }),
    ...(runId === undefined ? {} : { runId }),
  };
}

function text(row: Row, column: string): string | undefined {
  const value = row[column];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
