import { readFile } from 'node:fs/promises';

/** The text of a file, or undefined when there is none. Rejects as node:fs does when it is there and cannot be read. */
export async function readOptionalText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code)))
      return undefined;
    throw error;
  }
}
