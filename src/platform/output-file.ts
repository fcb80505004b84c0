import { randomUUID } from 'node:crypto';
import { access, constants, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CaissonError, messageOf } from '../core/errors.ts';

/** A file to write, as the user named it and where that is. */
export interface OutputPlace {
  readonly name: string;
  readonly path: string;
}

/** Throws OUTPUT_FAILED when the folder is not there or may not be written, or the path is a folder. */
export async function checkOutputFile({ name, path }: OutputPlace): Promise<void> {
  try {
    await access(dirname(path), constants.W_OK);
  } catch (error) {
    throw new CaissonError('OUTPUT_FAILED', `'${name}' cannot be written: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true)
    throw new CaissonError('OUTPUT_FAILED', `'${name}' is a folder`, { hint: 'name a file' });
}

/** Beside its place first, and moved when it is whole. Throws OUTPUT_FAILED. */
export async function writeOutputFile({ name, path }: OutputPlace, text: string): Promise<void> {
  const partial = `${path}.${randomUUID()}`;
  try {
    await writeFile(partial, text);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw new CaissonError('OUTPUT_FAILED', `'${name}' cannot be written: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
