import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';

/** Writes a file that only this user can read, and that is there whole or not at all, whoever else writes it. Throws as node:fs does. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const partial = `${path}.${randomUUID()}`;
  try {
    await writeFile(partial, text, { mode: 0o600 });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
}
