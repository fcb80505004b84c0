import { mkdir, readdir, rename, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ModelFile } from '../../model/resolved-model.ts';
import { writeWhole } from '../../platform/whole-file.ts';
import { codeOf } from '../download/write-failed.ts';
import { digestTree } from '../files/tree-digest.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../temporary-folder.ts';
import {
  compareFiles,
  FILES_JSON,
  filesJson,
  MODEL_FOLDER,
  readKeptFiles,
  readKeptTree,
  TREE_JSON,
  withTimes,
  type KeptTree,
} from './kept-tree.ts';
import { hasMark, removeMarks, setMark, thisMachine, type Mark } from './marks.ts';

/** A tree that this process uses: nobody removes it before it is released. */
export interface TakenTree {
  /** Holds MLmodel. Nothing below it may be changed. */
  readonly folder: string;
  readonly digest: string;
  readonly files: readonly ModelFile[];
  release(): Promise<void>;
}

/** How closely a tree is looked at. */
interface Look {
  readonly digest: string;
  readonly depth: 'sizes' | 'contents';
  readonly signal: AbortSignal;
}

const WAIT_MS = 50;
const WAITS = 100;

/**
 * Trees by their digest. A tree appears by one rename and goes by one, so that it is there whole or not at all. Who uses or removes one
 * sets its mark first and looks for marks of the other kind then: of two at once, at least one sees the other and steps back.
 */
export class TreeStore {
  readonly #cacheFolder: string;
  readonly #trees: string;
  readonly #marks: string;

  constructor(cacheFolder: string, folder: string) {
    this.#cacheFolder = cacheFolder;
    this.#trees = join(folder, 'trees');
    this.#marks = join(folder, 'marks');
  }

  /** The digests of what is there. */
  async digests(): Promise<readonly string[]> {
    const names = await readdir(this.#trees).catch(() => []);
    return names.filter((name) => /^[0-9a-f]{64}$/.test(name)).map((name) => `sha256:${name}`);
  }

  async describe(digest: string): Promise<(KeptTree & { readonly lastUsed: number }) | undefined> {
    const folder = this.#treeOf(digest);
    const tree = await readKeptTree(folder);
    const found = await stat(join(folder, TREE_JSON)).catch(() => undefined);
    return tree === undefined || found === undefined ? undefined : { ...tree, lastUsed: found.mtimeMs };
  }

  isUsed(digest: string): Promise<boolean> {
    return hasMark(this.#marksOf(digest), 'use');
  }

  /** undefined when it is not there, is being removed, or is not what it was any more; the last is removed. */
  async take(digest: string, signal: AbortSignal): Promise<TakenTree | undefined> {
    const taken = await this.#take({ digest, depth: 'sizes', signal });
    return typeof taken === 'string' ? undefined : taken;
  }

  /** Reads the whole tree; a damaged one is removed. */
  async verify(digest: string, signal: AbortSignal): Promise<'right' | 'damaged' | 'gone'> {
    const taken = await this.#take({ digest, depth: 'contents', signal });
    if (taken === 'missing') return 'gone';
    if (taken === 'damaged') return taken;
    await taken.release();
    return 'right';
  }

  async #take(look: Look): Promise<TakenTree | 'missing' | 'damaged'> {
    const { digest } = look;
    const mark = await setMark(this.#marksOf(digest), 'use');
    let taken: TakenTree | 'missing' | 'damaged' = 'missing';
    try {
      if (await hasMark(this.#marksOf(digest), 'remove')) return taken;
      taken = await this.#check(look, mark);
    } finally {
      if (typeof taken === 'string') await mark?.release();
    }
    if (taken === 'damaged') await this.remove(digest).catch(() => undefined);
    return taken;
  }

  /**
   * Moves a finished tree in (`workspace` holds `model`), or takes the one that is there already. undefined when it cannot be moved in,
   * and is still where it was. The workspace is empty, or gone, otherwise.
   */
  async put(
    workspace: string,
    content: { readonly digest: string; readonly files: readonly ModelFile[] },
    signal: AbortSignal,
  ): Promise<TakenTree | undefined> {
    const { digest } = content;
    const mark = await setMark(this.#marksOf(digest), 'use');
    if (mark === undefined || !(await this.#untilNotRemoved(digest))) {
      await mark?.release();
      return undefined;
    }
    const folder = join(workspace, MODEL_FOLDER);
    const kept = withTimes(folder, content.files);
    const bytes = kept.reduce((sum, { size }) => sum + size, 0);
    const { boot } = await thisMachine();
    try {
      await writeWhole(join(workspace, FILES_JSON), filesJson(kept));
      await writeWhole(
        join(workspace, TREE_JSON),
        JSON.stringify({ digest, bytes, files: kept.length, boot }),
      );
      await mkdir(this.#trees, { recursive: true, mode: 0o700 });
      await rename(workspace, this.#treeOf(digest));
    } catch (error) {
      await mark.release();
      // another process was quicker, or what is there is older: both are as good when they are right
      return ['EEXIST', 'ENOTEMPTY'].includes(codeOf(error)) ? this.take(digest, signal) : undefined;
    }
    return this.#taken(digest, content.files, mark);
  }

  /** Throws as node:fs does. */
  async remove(digest: string): Promise<'removed' | 'in-use' | 'gone'> {
    const mark = await setMark(this.#marksOf(digest), 'remove');
    let trash: TemporaryFolder | undefined;
    try {
      if (await hasMark(this.#marksOf(digest), 'use')) return 'in-use';
      trash = await makeTemporaryFolder(this.#cacheFolder, 'removed');
      await rename(this.#treeOf(digest), join(trash.path, 'tree'));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return 'gone';
      throw error;
    } finally {
      await mark?.release();
      await removeMarks(this.#marksOf(digest));
      // takes long for a large tree; who keeps the same one meanwhile does not wait for it
      await trash?.remove();
    }
    return 'removed';
  }

  async #check(
    { digest, depth, signal }: Look,
    mark: Mark | undefined,
  ): Promise<TakenTree | 'missing' | 'damaged'> {
    const folder = this.#treeOf(digest);
    if ((await stat(folder).catch(() => undefined)) === undefined) return 'missing';
    const model = join(folder, MODEL_FOLDER);
    const [tree, files] = await Promise.all([readKeptTree(folder), readKeptFiles(folder)]);
    if (tree?.digest !== digest || files?.length !== tree.files) return 'damaged';
    const { boot } = await thisMachine();
    const compared = await compareFiles(model, files);
    if (compared === 'damaged') return compared;
    if (depth === 'contents' || compared === 'touched' || tree.boot !== boot) {
      const found = await digestTree({ folder: model, files, signal, onBytes: () => undefined });
      if (found !== digest) return 'damaged';
      await writeWhole(join(folder, FILES_JSON), filesJson(withTimes(model, files))).catch(() => undefined);
      await writeWhole(join(folder, TREE_JSON), JSON.stringify({ ...tree, boot })).catch(() => undefined);
    }
    const now = new Date();
    await utimes(join(folder, TREE_JSON), now, now).catch(() => undefined);
    return this.#taken(
      digest,
      files.map(({ path, size }) => ({ path, size })),
      mark,
    );
  }

  #taken(digest: string, files: readonly ModelFile[], mark: Mark | undefined): TakenTree {
    const folder = join(this.#treeOf(digest), MODEL_FOLDER);
    return { folder, digest, files, release: () => mark?.release() ?? Promise.resolve() };
  }

  /** A removal takes one rename; one that hangs is not waited for. */
  async #untilNotRemoved(digest: string): Promise<boolean> {
    for (let waits = 0; waits < WAITS; waits += 1) {
      if (!(await hasMark(this.#marksOf(digest), 'remove'))) return true;
      await wait(WAIT_MS);
    }
    return false;
  }

  #treeOf(digest: string): string {
    return join(this.#trees, digest.replace('sha256:', ''));
  }

  #marksOf(digest: string): string {
    return join(this.#marks, digest.replace('sha256:', ''));
  }
}
