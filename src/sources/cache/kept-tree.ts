import { lstatSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelFile } from '../../model/resolved-model.ts';

/**
 * What the cache knows of a tree of files, in two files beside it: `tree.json` (small, rewritten) and `files.json` (as long as the model
 * has files).
 */
export interface KeptTree {
  /** `sha256:<hex>`, as files/tree-digest.ts makes it. */
  readonly digest: string;
  readonly bytes: number;
  /** How many. */
  readonly files: number;
  /** The start of the machine in which the bytes were last seen to be right: a crash of the machine may have lost some since. */
  readonly boot: string;
}

/** A file with the time that its content has had since it was seen to be right. */
export interface KeptFile extends ModelFile {
  /** Milliseconds since 1970, with fractions. */
  readonly modified: number;
}

export const TREE_JSON = 'tree.json';
export const FILES_JSON = 'files.json';
/** The folder of the model itself. */
export const MODEL_FOLDER = 'model';

/** undefined when there is no such tree, or what is written about it cannot be read. */
export async function readKeptTree(folder: string): Promise<KeptTree | undefined> {
  const value = await readJson(join(folder, TREE_JSON));
  if (!isObject(value)) return undefined;
  const { digest, bytes, files, boot } = value;
  if (typeof digest !== 'string' || typeof boot !== 'string') return undefined;
  if (typeof bytes !== 'number' || typeof files !== 'number') return undefined;
  return { digest, bytes, files, boot };
}

/** undefined when the list is not there or not whole. */
export async function readKeptFiles(folder: string): Promise<readonly KeptFile[] | undefined> {
  const value = await readJson(join(folder, FILES_JSON));
  if (!Array.isArray(value)) return undefined;
  const files = value.flatMap((item: unknown): readonly KeptFile[] => {
    if (!Array.isArray(item)) return [];
    const [path, size, modified] = item as unknown[];
    if (typeof path !== 'string' || typeof size !== 'number' || typeof modified !== 'number') return [];
    return [{ path, size, modified }];
  });
  return files.length === value.length ? files : undefined;
}

export const filesJson = (files: readonly KeptFile[]): string =>
  JSON.stringify(files.map(({ path, size, modified }) => [path, size, modified]));

/** Looked at without a pause for so many files: a thousand take a few milliseconds. */
const AT_ONCE = 1000;

/**
 * Compares what is there with what was written down, without reading contents: `same`, `touched` (as long as before, and something about
 * a file has another time) or `damaged`.
 */
export async function compareFiles(
  folder: string,
  files: readonly KeptFile[],
): Promise<'same' | 'touched' | 'damaged'> {
  let result: 'same' | 'touched' = 'same';
  for (const [index, file] of files.entries()) {
    // the asynchronous calls would take ten times as long for a model of many files
    const found = lstatSync(join(folder, file.path), { throwIfNoEntry: false });
    if (found?.isFile() !== true || found.size !== file.size) return 'damaged';
    if (found.mtimeMs !== file.modified) result = 'touched';
    if (index % AT_ONCE === AT_ONCE - 1) await new Promise(setImmediate);
  }
  return result;
}

/** The files with their times as they are now. Throws as node:fs does. */
export const withTimes = (folder: string, files: readonly ModelFile[]): readonly KeptFile[] =>
  files.map(({ path }) => {
    const { size, mtimeMs } = lstatSync(join(folder, path));
    return { path, size, modified: mtimeMs };
  });

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
