import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { CaissonError, messageOf, throwIfAborted } from '../../core/errors.ts';
import type { ModelFile } from '../../model/resolved-model.ts';

/** The folder to list and how errors name it. */
export interface ListedFolder {
  readonly folder: string;
  readonly shown: string;
}

const MAX_DEPTH = 64;

/**
 * Lists every file below a folder, sorted by code units. Symbolic links are followed when what they name lies inside
 * the folder, so that the listing is what a copy would hold. Throws MODEL_BROKEN for a link that leads out or
 * nowhere, a name with control characters, and anything that is neither file nor folder.
 */
export async function listModelFiles(root: ListedFolder, signal: AbortSignal): Promise<readonly ModelFile[]> {
  const real = await realpath(root.folder);
  const walker = new Walker(root, real, signal);
  await walker.walk('', [real]);
  return walker.files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

class Walker {
  readonly files: ModelFile[] = [];
  readonly #root: ListedFolder;
  readonly #real: string;
  readonly #signal: AbortSignal;

  constructor(root: ListedFolder, real: string, signal: AbortSignal) {
    this.#root = root;
    this.#real = real;
    this.#signal = signal;
  }

  /** `ancestors` are the real paths of the folders above, so that a link to one of them is seen as a circle. */
  async walk(relative: string, ancestors: readonly string[]): Promise<void> {
    throwIfAborted(this.#signal);
    const real = ancestors.at(-1) ?? this.#real;
    if (ancestors.length > MAX_DEPTH)
      throw this.#broken(relative, `lies more than ${MAX_DEPTH} folders deep`);
    const entries = await readdir(join(this.#root.folder, relative), { withFileTypes: true });
    for (const entry of entries) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (/\p{Cc}/u.test(entry.name)) throw this.#broken(path, 'has control characters in its name');
      if (entry.isFile()) await this.#addFile(path);
      else if (entry.isDirectory()) await this.walk(path, [...ancestors, join(real, entry.name)]);
      else if (entry.isSymbolicLink()) await this.#follow(path, ancestors);
      else throw this.#broken(path, 'is neither a file nor a folder');
    }
  }

  async #follow(path: string, ancestors: readonly string[]): Promise<void> {
    const target = await realpath(join(this.#root.folder, path)).catch(() => undefined);
    if (target === undefined) throw this.#broken(path, 'is a link to something that does not exist');
    if (!target.startsWith(this.#real + sep))
      throw this.#broken(path, 'is a link that leads out of the model');
    const found = await stat(target);
    if (found.isFile()) this.files.push({ path, size: found.size });
    else if (!found.isDirectory())
      throw this.#broken(path, 'is a link to something that is neither a file nor a folder');
    else if (ancestors.includes(target)) throw this.#broken(path, 'is a link to a folder that it lies in');
    else await this.walk(path, [...ancestors, target]);
  }

  async #addFile(path: string): Promise<void> {
    try {
      const { size } = await stat(join(this.#root.folder, path));
      this.files.push({ path, size });
    } catch (error) {
      // a name that is not UTF-8 cannot be asked for again
      throw this.#broken(path, `cannot be read: ${messageOf(error)}`);
    }
  }

  #broken(path: string, what: string): CaissonError {
    const name = path.replace(/\p{Cc}/gu, '\uFFFD');
    return new CaissonError('MODEL_BROKEN', `'${name}' in ${this.#root.shown} ${what}`, {
      hint: 'caisson copies the files of the model as they are: replace it by a file',
    });
  }
}
