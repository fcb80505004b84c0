import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UV_VERSION } from '../../src/image/dockerfile-view.ts';
import { ROOT, testPart } from './environment.ts';

/** A folder for offline builds, filled as docs/locking.md says; gives its files by name. */
export async function fillWheelFolder(
  folder: string,
  requirements: readonly string[],
  options: readonly string[] = [],
): Promise<Readonly<Record<string, Buffer>>> {
  const python = mkdtempSync(join(tmpdir(), 'caisson-pip-'));
  const run = promisify(execFile);
  try {
    await run(testPart('mlflowPython'), ['-m', 'venv', python]);
    const download = ['download', '--quiet', '--dest', folder, '--only-binary', ':all:'];
    const server = ['-r', join(ROOT, 'templates/runtime/requirements.txt')];
    await run(join(python, 'bin/pip'), [
      ...download,
      ...options,
      `uv==${UV_VERSION}`,
      ...server,
      ...requirements,
    ]);
  } finally {
    rmSync(python, { recursive: true, force: true });
  }
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}
