import { CaissonError } from '../../core/errors.ts';
import { MAX_ENTRIES, tooLong } from '../listing-limit.ts';
import type { RemoteFile } from './port.ts';

/**
 * The name of a file in a listing, when it can be joined to a folder of this machine without leaving it: relative, with forward slashes, no
 * empty, `.` or `..` segment, no backslash, no control character. Throws STORE_FAILED otherwise.
 *
 * @param shown the store that listed it, for the error
 */
export function safePath(name: string, shown: string): string {
  if (isSafePath(name)) return name;
  throw refused(`${shown} lists '${printable(name)}', which is not a safe path`);
}

/** For a listing with full paths that has one from elsewhere. */
export const notBelow = (path: string, shown: string): CaissonError =>
  refused(`${shown} lists '${printable(path)}', which is not below the place that was asked for`);

const refused = (message: string): CaissonError =>
  new CaissonError('STORE_FAILED', message, {
    hint: 'rename the file in the artifact store, if it is there at all',
  });

/** Control characters, and halves of characters, which no file name of this machine keeps. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** No file system of ours takes more, and a listing is kept in memory. */
const MAX_PATH = 4096;

const isSafePath = (name: string): boolean =>
  name.length <= MAX_PATH &&
  !name.includes('\\') &&
  !UNPRINTABLE.test(name) &&
  name.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..');

/**
 * The files of a listing, when they can lie in one folder together: an object store may hold `a` and `a/b`, a folder of this machine
 * cannot. Throws STORE_FAILED.
 */
export function checkedListing(files: readonly RemoteFile[], shown: string): readonly RemoteFile[] {
  if (files.length > MAX_ENTRIES) throw tooLong(shown, `${MAX_ENTRIES} files`);
  const names = new Set<string>();
  for (const { path } of files) {
    if (names.has(path)) throw clash(path, `${shown} lists '${path}' twice`);
    names.add(path);
  }
  for (const { path } of files)
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      if (names.has(folder)) throw clash(folder, `${shown} holds '${folder}' as a file and as a folder`);
    }
  return files;
}

/** Throws STORE_FAILED as soon as a listing that still goes on is too long. */
export function limitListing(count: number, shown: string): void {
  if (count > MAX_ENTRIES) throw tooLong(shown, `${MAX_ENTRIES} files`);
}

const clash = (path: string, message: string): CaissonError =>
  new CaissonError('STORE_FAILED', message, { hint: `remove '${path}' from the store, or move the model` });

const printable = (name: string): string => name.slice(0, MAX_PATH).replace(/[\p{Cc}\p{Cs}]/gu, '\uFFFD');
