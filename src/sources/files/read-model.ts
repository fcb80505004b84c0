import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CaissonError, messageOf } from '../../core/errors.ts';
import { type Emit, runStep } from '../../core/events.ts';
import { parseMlModel, variableNames, type MlModel } from '../../model/mlmodel.ts';
import { readPythonEnvironment } from '../../model/python-environment.ts';
import type { ModelFile, ModelOrigin, ResolvedModel } from '../../model/resolved-model.ts';
import { listModelFiles, type ListedFolder } from './list-files.ts';
import { throttled } from '../throttled.ts';
import { digestTree } from './tree-digest.ts';

export interface ReadModelRequest extends ListedFolder {
  readonly origin: ModelOrigin;
  /** What the folder holds, when that is known already. */
  readonly known?: { readonly digest: string; readonly files: readonly ModelFile[] };
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

const MLMODEL = 'MLmodel';
/** Text files that describe a model; larger ones are something else. */
const MAX_TEXT_BYTES = 32 * 1024 * 1024;

/** Reads a model's folder. Throws MODEL_BROKEN, INTERRUPTED. */
export async function readModel(request: ReadModelRequest): Promise<ResolvedModel> {
  const { folder, signal } = request;
  await requireMlModel(request);
  const files = request.known?.files ?? (await listModelFiles(request, signal));
  const reader = new TextReader(folder, files);
  const written = parseMlModel((await reader.read(MLMODEL)) ?? '');
  const mlmodel = withVariables(written, await reader.read('environment_variables.txt'));
  const environment = readPythonEnvironment(await environmentFiles(reader, mlmodel));
  const digest = request.known?.digest ?? (await digestWithProgress(request, files));
  return { origin: withIds(request.origin, mlmodel), folder, files, digest, mlmodel, environment };
}

async function requireMlModel({ folder, shown }: ListedFolder): Promise<void> {
  const found = await stat(join(folder, MLMODEL)).catch(() => undefined);
  if (found?.isFile() === true) return;
  const inside = await foldersWithMlModel(folder);
  throw new CaissonError('MODEL_BROKEN', `${shown} holds no '${MLMODEL}' file`, {
    hint:
      inside.length === 0
        ? 'name the folder that a flavor of MLflow wrote: the one with MLmodel in it'
        : `did you mean the folder ${inside.map((name) => `'${name}'`).join(' or ')} inside it?`,
  });
}

async function foldersWithMlModel(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries.slice(0, 200)) {
    if (!entry.isDirectory() || found.length >= 5) continue;
    const inside = await stat(join(folder, entry.name, MLMODEL)).catch(() => undefined);
    if (inside?.isFile() === true) found.push(entry.name);
  }
  return found;
}

/** Reads text files that the listing has: a link that leads out was refused there. */
class TextReader {
  readonly #folder: string;
  readonly #sizes: ReadonlyMap<string, number>;

  constructor(folder: string, files: readonly ModelFile[]) {
    this.#folder = folder;
    this.#sizes = new Map(files.map(({ path, size }) => [path, size]));
  }

  async read(path: string): Promise<string | undefined> {
    const size = this.#sizes.get(path);
    if (size === undefined) return undefined;
    if (size > MAX_TEXT_BYTES) throw new CaissonError('MODEL_BROKEN', `'${path}' is larger than 32 MiB`);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(join(this.#folder, path)));
    } catch (error) {
      throw new CaissonError('MODEL_BROKEN', `'${path}' cannot be read as UTF-8 text: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
}

async function environmentFiles(
  reader: TextReader,
  mlmodel: MlModel,
): Promise<Parameters<typeof readPythonEnvironment>[0]> {
  const { virtualenv = 'python_env.yaml', conda = 'conda.yaml' } = mlmodel.environmentFiles;
  return {
    pythonVersion: mlmodel.pythonVersion,
    pythonEnvYaml: await reader.read(virtualenv),
    requirementsTxt: await reader.read('requirements.txt'),
    constraintsTxt: await reader.read('constraints.txt'),
    condaYaml: await reader.read(conda),
  };
}

/** MLflow writes the names of variables into a file of their own, and newer versions into MLmodel too. */
function withVariables(mlmodel: MlModel, names: string | undefined): MlModel {
  const environmentVariables = new Set([
    ...mlmodel.environmentVariables,
    ...variableNames(names?.split(/\r?\n/)),
  ]);
  return { ...mlmodel, environmentVariables: [...environmentVariables] };
}

/** Reads all files, and tells how far it is. Throws MODEL_BROKEN, INTERRUPTED. */
export function digestWithProgress(
  { folder, emit, signal }: Pick<ReadModelRequest, 'folder' | 'emit' | 'signal'>,
  files: readonly ModelFile[],
): Promise<string> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  return runStep(emit, { step: 'read-model', title: 'reading the model' }, (step) =>
    digestTree({
      folder,
      files,
      signal,
      onBytes: throttled((done) => step.progress({ done, total, unit: 'bytes' }), total),
    }),
  );
}

/** The MLmodel file knows its run and its model id too; what the store said counts more. */
function withIds(origin: ModelOrigin, mlmodel: MlModel): ModelOrigin {
  const runId = origin.runId ?? mlmodel.runId;
  const modelId = origin.modelId ?? mlmodel.modelId;
  return {
    ...origin,
    ...(runId === undefined ? {} : { runId }),
    ...(modelId === undefined ? {} : { modelId }),
  };
}

/** How a folder is shown where its path must not be: by its own name. */
export const folderName = (folder: string): string => basename(folder) || folder;
