import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CaissonError, messageOf } from '../core/errors.ts';

/** Bytes; and files: what is more was not written as templates. */
const MAX_BYTES = 1_000_000;
const MAX_FILES = 100;
const SUFFIX = '.hbs';
const README = 'README.md';

/** Where a folder lies, and what the user calls it. */
interface NamedFolder {
  readonly path: string;
  readonly name: string;
}

/**
 * The text of every .hbs file below a folder, by path without the extension. Names with a leading dot are left alone, and so is a README.md;
 * links to files are followed. Throws USAGE for anything else, FILE_NOT_READABLE.
 */
export async function readOwnTemplates(folder: NamedFolder): Promise<Readonly<Record<string, string>>> {
  const paths = await templatePaths(folder, '');
  const texts = await Promise.all(
    paths.map(async (path) => [path.slice(0, -SUFFIX.length), await readText(folder, path)] as const),
  );
  return Object.fromEntries(texts);
}

async function templatePaths(folder: NamedFolder, below: string): Promise<readonly string[]> {
  const entries = await reading(`${folder.name}/${below}`, () =>
    readdir(join(folder.path, below), { withFileTypes: true }),
  );
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below + entry.name;
    if (entry.name.startsWith('.') || path === README) continue;
    if (entry.isDirectory()) found.push(...(await templatePaths(folder, `${path}/`)));
    else found.push(await checkedPath(folder, path));
    if (found.length > MAX_FILES)
      throw new CaissonError('USAGE', `'${folder.name}' holds more than ${MAX_FILES} files`, {
        hint: 'name the folder that holds the templates and nothing else',
      });
  }
  return found;
}

async function checkedPath({ path: root, name }: NamedFolder, path: string): Promise<string> {
  const shown = `${name}/${path}`;
  if (!path.endsWith(SUFFIX))
    throw new CaissonError('USAGE', `'${shown}' is not a template`, {
      hint: 'the folder of --templates holds .hbs files and a README.md; a block can write other files into the image',
    });
  const found = await reading(shown, () => stat(join(root, path)));
  if (!found.isFile())
    throw new CaissonError('USAGE', `'${shown}' is not a regular file`, {
      hint: 'templates are files, or links to files',
    });
  if (found.size > MAX_BYTES)
    throw new CaissonError('USAGE', `'${shown}' is larger than 1 MB`, {
      hint: 'a template is the text of a Dockerfile, or of a part of one',
    });
  return path;
}

async function readText({ path: root, name }: NamedFolder, path: string): Promise<string> {
  const bytes = await reading(`${name}/${path}`, () => readFile(join(root, path)));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CaissonError('USAGE', `the template '${name}/${path}' is not UTF-8`, {
      hint: 'save the file in UTF-8',
      cause: error,
    });
  }
}

async function reading<T>(shown: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'it does not exist',
      ENOTDIR: 'it is not a folder',
      EACCES: 'permission denied',
    };
    const reason = reasons[code ?? ''] ?? messageOf(error);
    throw new CaissonError('FILE_NOT_READABLE', `'${shown.replace(/\/$/, '')}' cannot be read: ${reason}`, {
      cause: error,
    });
  }
}
