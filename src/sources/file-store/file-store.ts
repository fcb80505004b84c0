import { basename, join } from 'node:path';
import { CaissonError } from '../../core/errors.ts';
import type {
  LoggedModelRecord,
  RegisteredModelRecord,
  RunRecord,
  TrackingStore,
  VersionRecord,
} from '../tracking-store.ts';
import { type Meta, foldersIn, isFolder, isFolderName, readMeta } from './meta-file.ts';
import { FileRegistry } from './file-registry.ts';

export interface FileStoreConfig {
  /** Absolute. */
  readonly path: string;
  readonly shown: string;
}

/** Of the store: experiments that were deleted, and the registered models. */
const TRASH = '.trash';
/** Of the store and of an experiment: registered models there, logged models here. */
const MODELS = 'models';

/** Opens MLflow's file store (store/tracking/file_store.py), such as ./mlruns. Throws STORE_UNREACHABLE, STORE_FAILED. */
export async function openFileStore({ path, shown }: FileStoreConfig): Promise<TrackingStore> {
  const store = `the store '${shown}'`;
  if (!(await isFolder(path)))
    throw new CaissonError('STORE_UNREACHABLE', `${store} does not exist: there is no folder '${path}'`);
  const names = await foldersIn(path, store);
  if (!names.includes(MODELS) && !(await holdsExperiment(path, store)))
    throw new CaissonError('STORE_FAILED', `${store} is not a store of MLflow: it holds no experiments`, {
      hint: 'name the folder mlruns itself, or the database with sqlite:///FILE',
    });
  return new FileStore(path, store);
}

async function holdsExperiment(root: string, store: string): Promise<boolean> {
  for (const folder of await experimentsOf(root, store))
    if ((await readMeta(folder, store)) !== undefined) return true;
  return false;
}

/** Folders of the experiments, deleted ones last: MLflow finds what lies in them too. */
async function experimentsOf(root: string, store: string): Promise<readonly string[]> {
  const active = (await foldersIn(root, store)).filter((name) => name !== TRASH && name !== MODELS);
  const deleted = await foldersIn(join(root, TRASH), store);
  return [...active.map((name) => join(root, name)), ...deleted.map((name) => join(root, TRASH, name))];
}

/** Every record is a meta.yaml of its own; nothing is kept, as others may write. */
class FileStore implements TrackingStore {
  readonly shown: string;
  readonly #root: string;
  readonly #registry: FileRegistry;

  constructor(root: string, shown: string) {
    this.#root = root;
    this.shown = shown;
    this.#registry = new FileRegistry(join(root, MODELS), shown);
  }

  /**
   * MLflow wants the folders metrics and params beside meta.yaml; a copy that dropped empty folders (git) has none, so the ids in
   * meta.yaml decide, which must be those of the folders: a run that lies elsewhere could name any place.
   */
  async findRun(runId: string): Promise<RunRecord | undefined> {
    const found = await this.#find([runId]);
    if (found === undefined) return undefined;
    const { meta, experimentId } = found;
    const recordedId = meta.text('run_id') ?? meta.text('run_uuid');
    if (recordedId !== runId) throw this.#invalid(`run '${runId}'`);
    return { runId, experimentId, artifactUri: meta.text('artifact_uri') ?? '' };
  }

  async findLoggedModel(modelId: string): Promise<LoggedModelRecord | undefined> {
    const found = await this.#find([MODELS, modelId]);
    if (found === undefined) return undefined;
    if (found.meta.text('model_id') !== modelId) throw this.#invalid(`model id '${modelId}'`);
    return isDeleted(found.meta) ? undefined : loggedModelOf(found.meta, modelId);
  }

  async loggedModelsOf(run: RunRecord): Promise<readonly LoggedModelRecord[]> {
    const experiment = (await experimentsOf(this.#root, this.shown)).find(
      (folder) => basename(folder) === run.experimentId,
    );
    if (experiment === undefined) return [];
    const models: { readonly record: LoggedModelRecord; readonly created: number }[] = [];
    for (const modelId of await foldersIn(join(experiment, MODELS), this.shown)) {
      const meta = await readMeta(join(experiment, MODELS, modelId), this.shown);
      if (meta?.text('source_run_id') !== run.runId || isDeleted(meta)) continue;
      models.push({
        record: loggedModelOf(meta, modelId),
        created: Number(meta.text('creation_timestamp') ?? 0),
      });
    }
    // the order of MLflow's search_logged_models; they are sorted by id already
    return models.sort((a, b) => b.created - a.created).map(({ record }) => record);
  }

  findVersion(name: string, version: number): Promise<VersionRecord | undefined> {
    return this.#registry.findVersion(name, version);
  }

  findRegisteredModel(name: string): Promise<RegisteredModelRecord | undefined> {
    return this.#registry.findRegisteredModel(name);
  }

  listVersions(name: string): Promise<readonly number[]> {
    return this.#registry.listVersions(name);
  }

  listRegisteredModels(): Promise<readonly string[]> {
    return this.#registry.listRegisteredModels();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The meta.yaml at this path below whichever experiment has it. */
  async #find(path: readonly string[]): Promise<Found | undefined> {
    if (!path.every(isFolderName)) return undefined;
    for (const experiment of await experimentsOf(this.#root, this.shown)) {
      const meta = await readMeta(join(experiment, ...path), this.shown);
      if (meta === undefined) continue;
      const experimentId = basename(experiment);
      if (meta.text('experiment_id') !== experimentId) throw this.#invalid(`'${path.join('/')}'`);
      return { meta, experimentId };
    }
    return undefined;
  }

  #invalid(what: string): CaissonError {
    return new CaissonError(
      'STORE_FAILED',
      `${this.shown} records other ids for ${what} than its folders have`,
    );
  }
}

interface Found {
  readonly meta: Meta;
  readonly experimentId: string;
}

function loggedModelOf(meta: Meta, modelId: string): LoggedModelRecord {
  const sourceRunId = meta.text('source_run_id');
  return {
    modelId,
    name: meta.text('name') ?? '',
    artifactUri: meta.text('artifact_location') ?? '',
    ...(sourceRunId === undefined ? {} : { sourceRunId }),
  };
}

const isDeleted = (meta: Meta): boolean => meta.text('lifecycle_stage') === 'deleted';
