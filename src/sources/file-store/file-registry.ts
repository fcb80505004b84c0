import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CaissonError } from '../../core/errors.ts';
import { withoutUndefined } from '../../core/objects.ts';
import type { RegisteredModelRecord, VersionRecord } from '../tracking-store.ts';
import { type Meta, foldersIn, isFolderName, readMeta, readSmallFile } from './meta-file.ts';

const ALIASES = 'aliases';
const VERSION_FOLDER = /^version-(\d+)$/;
const DELETED_STAGE = 'Deleted_Internal';

/** The registered models of a file store (MLflow's store/model_registry/file_store.py): the folder `models`. */
export class FileRegistry {
  readonly #folder: string;
  readonly #shown: string;

  constructor(folder: string, shown: string) {
    this.#folder = folder;
    this.#shown = shown;
  }

  async findVersion(name: string, version: number): Promise<VersionRecord | undefined> {
    const meta = await this.#versionMeta(name, version);
    if (meta === undefined) return undefined;
    const source = meta.text('source');
    const location = meta.text('storage_location') ?? source;
    if (location === undefined)
      throw new CaissonError(
        'STORE_FAILED',
        `${this.#shown} records no source of version ${version} of '${name}'`,
      );
    const [runId, modelId] = [meta.text('run_id'), meta.text('model_id')];
    return withoutUndefined({ name, version, location, source, runId, modelId });
  }

  async findRegisteredModel(name: string): Promise<RegisteredModelRecord | undefined> {
    const folder = this.#modelFolder(name);
    if (folder === undefined || (await readMeta(folder, this.#shown)) === undefined) return undefined;
    const newest = new Map<string, number>();
    // ascending, so that the last one of a stage stays
    for (const [version, meta] of await this.#versions(name))
      newest.set(meta.text('current_stage') ?? 'None', version);
    return {
      latest: [...newest].map(([stage, version]) => ({ stage, version })),
      aliases: await this.#aliases(folder),
    };
  }

  async listVersions(name: string): Promise<readonly number[]> {
    return (await this.#versions(name)).map(([version]) => version);
  }

  async listRegisteredModels(): Promise<readonly string[]> {
    return foldersIn(this.#folder, this.#shown);
  }

  /** Ascending, without deleted ones. */
  async #versions(name: string): Promise<readonly (readonly [number, Meta])[]> {
    const folder = this.#modelFolder(name);
    if (folder === undefined) return [];
    const numbers = (await foldersIn(folder, this.#shown)).flatMap((entry) => {
      const match = VERSION_FOLDER.exec(entry);
      return match === null ? [] : [Number(match[1])];
    });
    const versions: (readonly [number, Meta])[] = [];
    for (const version of numbers.sort((a, b) => a - b)) {
      const meta = await this.#versionMeta(name, version);
      if (meta !== undefined) versions.push([version, meta]);
    }
    return versions;
  }

  async #versionMeta(name: string, version: number): Promise<Meta | undefined> {
    const folder = this.#modelFolder(name);
    if (folder === undefined) return undefined;
    const meta = await readMeta(join(folder, `version-${version}`), this.#shown);
    return meta?.text('current_stage') === DELETED_STAGE ? undefined : meta;
  }

  /** An alias is a file of its name that holds the version. */
  async #aliases(folder: string): Promise<RegisteredModelRecord['aliases']> {
    const names = await readdir(join(folder, ALIASES)).catch(() => []);
    const aliases: RegisteredModelRecord['aliases'][number][] = [];
    for (const alias of names.sort()) {
      const text = await readSmallFile(join(folder, ALIASES, alias), this.#shown);
      const version = Number(text?.trim() === '' ? Number.NaN : text);
      if (Number.isSafeInteger(version)) aliases.push({ alias, version });
    }
    return aliases;
  }

  #modelFolder(name: string): string | undefined {
    return isFolderName(name) ? join(this.#folder, name) : undefined;
  }
}
