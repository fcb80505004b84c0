import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CaissonError, isCaissonError, messageOf } from '../../core/errors.ts';
import type { ModelFile } from '../../model/resolved-model.ts';
import { sweepTemporaryFolders } from '../temporary-folder.ts';
import { listIndex, readIndex, writeIndex } from './cache-index.ts';
import type { CachedModel, ModelCacheStore } from './port.ts';
import { TreeStore, type TakenTree } from './tree-store.ts';

export interface ModelCacheConfig {
  /** caisson's cache. */
  readonly cacheFolder: string;
  /** Above it, the least recently used models go; 20 GB unless told. */
  readonly limitBytes?: number;
}

const DEFAULT_LIMIT = 20_000_000_000;

export interface NewTree {
  /** A folder that holds the files in `model`. */
  readonly workspace: string;
  readonly digest: string;
  readonly files: readonly ModelFile[];
  /** From listingKey. */
  readonly key: string;
  /** The model's URI. */
  readonly model: string;
}

/**
 * Models that were downloaded, by the digest of their tree; an index leads there from what a store listed. Several processes may use it at
 * once, and each sees whole trees only.
 */
export class ModelCache implements ModelCacheStore {
  readonly folder: string;
  readonly #cacheFolder: string;
  readonly #index: string;
  readonly #trees: TreeStore;
  readonly #limit: number;

  constructor({ cacheFolder, limitBytes = DEFAULT_LIMIT }: ModelCacheConfig) {
    this.folder = join(cacheFolder, 'models');
    this.#cacheFolder = cacheFolder;
    this.#index = join(this.folder, 'index');
    this.#trees = new TreeStore(cacheFolder, this.folder);
    this.#limit = limitBytes;
  }

  /** The tree that was brought from these places when they listed this. Throws the reason of the signal. */
  async find(key: string, signal: AbortSignal): Promise<TakenTree | undefined> {
    const entry = await readIndex(this.#index, key);
    return entry === undefined ? undefined : this.#trees.take(entry.digest, signal);
  }

  /** Keeps a tree, and makes room for it. undefined when it cannot be kept: then it lies where it was. */
  async keep(
    { workspace, digest, files, key, model }: NewTree,
    signal: AbortSignal,
  ): Promise<TakenTree | undefined> {
    const taken = await this.#trees.put(workspace, { digest, files }, signal);
    if (taken === undefined) return undefined;
    // an entry that is not written costs a download
    await writeIndex(this.#index, key, { digest, model }).catch(() => undefined);
    await this.#makeRoom();
    await sweepTemporaryFolders(this.#cacheFolder);
    return { ...taken, release: () => this.#release(taken) };
  }

  async list(): Promise<readonly CachedModel[]> {
    const [digests, entries] = await Promise.all([this.#trees.digests(), listIndex(this.#index)]);
    const models: CachedModel[] = [];
    for (const digest of digests) {
      const tree = await this.#trees.describe(digest);
      const { bytes = 0, files = 0, lastUsed = 0 } = tree ?? {};
      const names = entries.filter((entry) => entry.digest === digest).map(({ model }) => model);
      const use = (await this.#trees.isUsed(digest)) ? 'in-use' : 'free';
      models.push({ digest, bytes, files, lastUsed, models: [...new Set(names)].sort(), use });
    }
    return models.sort((a, b) => a.lastUsed - b.lastUsed);
  }

  async remove(digest: string): Promise<'removed' | 'in-use' | 'gone'> {
    try {
      return await this.#trees.remove(digest);
    } catch (error) {
      throw new CaissonError(
        'CACHE_FAILED',
        `a model cannot be removed from '${this.folder}': ${messageOf(isCaissonError(error) ? error.cause : error)}`,
        { cause: error },
      );
    }
  }

  verify(digest: string, signal: AbortSignal): Promise<'right' | 'damaged' | 'gone'> {
    return this.#trees.verify(digest, signal);
  }

  async sweep(): Promise<void> {
    await sweepTemporaryFolders(this.#cacheFolder);
    const known = new Set(await this.#trees.digests());
    for (const { key, digest } of await listIndex(this.#index))
      if (!known.has(digest))
        await rm(join(this.#index, `${key}.json`), { force: true }).catch(() => undefined);
  }

  /** A model that is larger than the limit goes when it is not used any more. */
  async #release(taken: TakenTree): Promise<void> {
    await taken.release();
    await this.#makeRoom();
  }

  async #makeRoom(): Promise<void> {
    const models = await this.list();
    let bytes = models.reduce((sum, model) => sum + model.bytes, 0);
    for (const model of models) {
      if (bytes <= this.#limit) return;
      if (model.use === 'in-use') continue;
      const outcome = await this.#trees.remove(model.digest).catch(() => 'in-use' as const);
      if (outcome !== 'in-use') bytes -= model.bytes;
    }
  }
}
