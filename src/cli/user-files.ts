import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CaissonError } from '../core/errors.ts';
import type { HostCertificate } from '../commands/services.ts';
import type { Environment } from './config/environment.ts';
import { variable } from './config/variables.ts';

/** Reads a file that the user named. Throws FILE_NOT_READABLE. */
export async function readUserFile(path: string, workingFolder: string): Promise<string> {
  try {
    return await readFile(resolve(workingFolder, path), 'utf8');
  } catch (error) {
    throw new CaissonError('FILE_NOT_READABLE', `'${path}' cannot be read: ${reasonOf(error)}`, {
      cause: error,
    });
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

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EISDIR: 'it is a folder',
    EACCES: 'permission denied',
  };
  return reasons[code ?? ''] ?? String(code);
}
