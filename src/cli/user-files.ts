import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CaissonError, isCaissonError } from '../core/errors.ts';
import type { HostCertificate } from '../commands/services.ts';
import { readOptionalText } from '../platform/optional-file.ts';
import type { Environment } from './config/environment.ts';
import { variable } from './config/variables.ts';

/** Reads a file that the user named. Throws FILE_NOT_READABLE. */
export async function readUserFile(path: string, workingFolder: string): Promise<string> {
  try {
    return await readFile(resolve(workingFolder, path), 'utf8');
  } catch (error) {
    throw notReadable(path, reasonOf(error), error);
  }
}

/** The same; undefined when there is no such file. */
export async function readUserFileIfThere(path: string, workingFolder: string): Promise<string | undefined> {
  try {
    return await readOptionalText(resolve(workingFolder, path));
  } catch (error) {
    throw notReadable(path, reasonOf(error), error);
  }
}

/** A file in the place of what was there: a reader never sees half of it. Throws OUTPUT_FAILED. */
export async function writeUserFile(
  { path, text }: { readonly path: string; readonly text: string },
  workingFolder: string,
): Promise<void> {
  const place = resolve(workingFolder, path);
  const partial = `${place}.${randomUUID()}.part`;
  try {
    await writeFile(partial, text);
    await rename(partial, place);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw new CaissonError('OUTPUT_FAILED', `'${path}' cannot be written: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/** A file as the user wrote its path, and how much of it is wanted, in bytes. */
interface SmallFile {
  readonly path: string;
  readonly limit: number;
}

/**
 * A regular file (a pipe or a device may have no end), and no more of a large one than shows that it is too large.
 * Throws FILE_NOT_READABLE.
 */
export async function readSmallUserFile(
  { path, limit }: SmallFile,
  workingFolder: string,
): Promise<Uint8Array> {
  const place = resolve(workingFolder, path);
  try {
    // asked first: to open a pipe without a writer waits for one
    const found = await stat(place);
    if (found.isFile()) return await readBeginning(place, limit + 1);
    throw notReadable(path, found.isDirectory() ? 'it is a folder' : 'it is not a regular file');
  } catch (error) {
    throw isCaissonError(error) ? error : notReadable(path, reasonOf(error), error);
  }
}

async function readBeginning(place: string, length: number): Promise<Uint8Array> {
  const file = await open(place);
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of file.createReadStream({ end: length - 1, autoClose: false }))
      chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } finally {
    await file.close();
  }
}

/** The text of a file, or undefined when it is not there or not ours to read. */
export async function readOptionalFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

export async function isSocket(path: string, workingFolder: string): Promise<boolean> {
  try {
    return (await stat(resolve(workingFolder, path))).isSocket();
  } catch {
    return false;
  }
}

export async function isModelFolder(path: string, workingFolder: string): Promise<boolean> {
  try {
    return (await stat(join(resolve(workingFolder, path), 'MLmodel'))).isFile();
  } catch {
    return false;
  }
}

/** The CA bundle that Python's tools on this host use: pip's own variable first. */
export function findHostCertificate(environment: Environment): HostCertificate | undefined {
  for (const name of ['PIP_CERT', 'SSL_CERT_FILE'] as const) {
    const path = variable(environment, name);
    if (path !== undefined) return { path, variable: name };
  }
  return undefined;
}

function notReadable(path: string, reason: string, cause?: unknown): CaissonError {
  return new CaissonError('FILE_NOT_READABLE', `'${path}' cannot be read: ${reason}`, { cause });
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    ENOTDIR: 'there is no such file',
    EISDIR: 'it is a folder',
    EACCES: 'permission denied',
  };
  return reasons[code ?? ''] ?? String(code);
}
