import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CaissonError, messageOf } from '../core/errors.ts';

/** A file to write, as the user named it and where that is. */
export interface OutputPlace {
  readonly name: string;
  readonly path: string;
}

/** Before there is anything to write. Throws OUTPUT_FAILED when the folder is not there or may not be written, or the path is a folder. */
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
