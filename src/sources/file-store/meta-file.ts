import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CaissonError, isCaissonError, messageOf } from '../../core/errors.ts';
import { asMapping, asText, parseYaml } from '../../model/yaml.ts';

/** The content of a meta.yaml: every scalar is the text that is written there. */
export class Meta {
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(fields: Readonly<Record<string, unknown>>) {
    this.#fields = fields;
  }

  /** Text that is not empty; undefined for what YAML writes for nothing. */
  text(key: string): string | undefined {
    return asText(this.#fields[key]);
  }
}

const META_FILE = 'meta.yaml';
/** What MLflow writes has some hundred bytes, and descriptions of some thousand. */
const MAX_BYTES = 1024 * 1024;

/** The meta.yaml of a folder; undefined when there is none. Throws STORE_FAILED for one that cannot be used. */
export async function readMeta(folder: string, store: string): Promise<Meta | undefined> {
  const path = join(folder, META_FILE);
  const text = await readSmallFile(path, store);
  if (text === undefined) return undefined;
  try {
    const fields = asMapping(parseYaml(text, path));
    if (fields !== undefined) return new Meta(fields);
  } catch (error) {
    if (!isCaissonError(error)) throw error;
    throw broken(store, error.message, error);
  }
  throw broken(store, `'${path}' is not a mapping of keys to values`);
}

/** Text of a small file of the store; undefined when there is none. Throws STORE_FAILED. */
export async function readSmallFile(path: string, store: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw broken(store, `'${path}' is larger than 1 MiB`);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCaissonError(error)) throw error;
    if (isMissing(error)) return undefined;
    throw broken(store, `'${path}' cannot be read: ${messageOf(error)}`, error);
  }
}

/** Names of the folders inside a folder, sorted; none when it does not exist. Links to folders count, as in MLflow. */
export async function foldersIn(folder: string, store: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw broken(store, `'${folder}' cannot be read: ${messageOf(error)}`, error);
  });
  const names: string[] = [];
  for (const entry of entries)
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(join(folder, entry.name)))))
      names.push(entry.name);
  return names.sort();
}

export async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}

/** Whether a name of a URI can be the name of a folder of the store, and of nothing outside of it. */
export const isFolderName = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && !/[/\\\p{Cc}]/u.test(name);

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function broken(store: string, what: string, cause?: unknown): CaissonError {
  return new CaissonError('STORE_FAILED', `${store} cannot be read: ${what}`, { cause });
}
