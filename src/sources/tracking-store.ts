/**
 * What a tracking store knows, whatever it is made of. Records hold locations as they are recorded; nothing is
 * downloaded here. Every method throws STORE_UNREACHABLE, STORE_DENIED, STORE_FAILED or INTERRUPTED.
 */
export interface TrackingStore extends RunStore, RegistryStore {}

interface Store {
  /** For errors: `the store 'sqlite:///mlflow.db'`. */
  readonly shown: string;
  close(): Promise<void>;
}

/** Runs, and the models that they logged. */
export interface RunStore extends Store {
  findRun(runId: string): Promise<RunRecord | undefined>;
  findLoggedModel(modelId: string): Promise<LoggedModelRecord | undefined>;
  /** Newest first; empty in stores of MLflow 1 and 2. With a name, a store may leave out models of another one. */
  loggedModelsOf(run: RunRecord, name?: string): Promise<readonly LoggedModelRecord[]>;
}

/** Registered models, which may be kept elsewhere than runs (MLFLOW_REGISTRY_URI). */
export interface RegistryStore extends Store {
  findVersion(name: string, version: number): Promise<VersionRecord | undefined>;
  findRegisteredModel(name: string): Promise<RegisteredModelRecord | undefined>;
  /** Ascending; for the hints of errors. */
  listVersions(name: string): Promise<readonly number[]>;
  /** At most some hundred; for the hints of errors. */
  listRegisteredModels(): Promise<readonly string[]>;
}

export interface RunRecord {
  readonly runId: string;
  readonly experimentId: string;
  readonly artifactUri: string;
}

export interface LoggedModelRecord {
  readonly modelId: string;
  readonly name: string;
  readonly artifactUri: string;
  readonly sourceRunId?: string;
}

export interface VersionRecord {
  readonly name: string;
  readonly version: number;
  /** The storage location, else the source: a place, or models:/m-… or runs:/…. */
  readonly location: string;
  /** `registry`: the location is an address at the registry, which alone gives out the files (Databricks). */
  readonly givenOutBy?: 'registry';
  /** As given when the version was made; names the logged model in MLflow 3. */
  readonly source?: string;
  readonly runId?: string;
  readonly modelId?: string;
}

export interface RegisteredModelRecord {
  /** The newest version of each stage that has one. */
  readonly latest: readonly { readonly version: number; readonly stage: string }[];
  readonly aliases: readonly { readonly alias: string; readonly version: number }[];
}
