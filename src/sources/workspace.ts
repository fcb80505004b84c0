import { mkdir, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CaissonError, isCaissonError } from '../core/errors.ts';
import type { Emit } from '../core/events.ts';
import { MODEL_FOLDER } from './cache/kept-tree.ts';
import { writeFailed } from './download/write-failed.ts';
import { makePrivateFolder, makeTemporaryFolder, type TemporaryFolder } from './temporary-folder.ts';

export interface WorkspaceRequest {
  readonly cacheFolder: string;
  readonly emit: Emit;
}

/** A private folder in which a model is put together. */
export interface Workspace extends TemporaryFolder {
  /** Where the files go. */
  readonly model: string;
  /** `elsewhere`: the cache cannot be written. */
  readonly where: 'cache' | 'elsewhere';
}

/** In the cache, else, with a warning, among the temporary files of the system. Throws DOWNLOAD_FAILED. */
export async function makeWorkspace({ cacheFolder, emit }: WorkspaceRequest): Promise<Workspace> {
  const inCache = await makeTemporaryFolder(cacheFolder, 'model').catch((error: unknown) => {
    if (!isCaissonError(error)) throw error;
    emit({ type: 'warning', message: `${error.message}: the model is not kept`, ...hintOf(error) });
    return undefined;
  });
  const made = inCache ?? (await makeElsewhere());
  const model = join(made.path, MODEL_FOLDER);
  await mkdir(model, { mode: 0o700 }).catch((error: unknown) => {
    throw writeFailed(model, error);
  });
  return { ...made, model, where: inCache === undefined ? 'elsewhere' : 'cache' };
}

async function makeElsewhere(): Promise<TemporaryFolder> {
  try {
    return await makePrivateFolder(tmpdir(), 'caisson-model');
  } catch (error) {
    throw writeFailed(tmpdir(), error);
  }
}

const hintOf = ({ hint }: CaissonError): { readonly hint?: string } => (hint === undefined ? {} : { hint });

/** Better told at once than after most of a large model. Throws DOWNLOAD_FAILED. */
export async function checkSpace(target: string, needed: number): Promise<void> {
  const disk = await statfs(target).catch(() => undefined);
  if (disk === undefined || disk.blocks === 0) return;
  const free = disk.bavail * disk.bsize;
  if (free >= needed) return;
  throw new CaissonError(
    'DOWNLOAD_FAILED',
    `the model has ${needed} bytes, and the disk of '${target}' has room for ${free}`,
    { hint: 'caisson cache prune makes room; XDG_CACHE_HOME names another folder for the cache' },
  );
}
