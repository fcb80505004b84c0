import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ROOT } from '../environment.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder where the packed tarball is installed, as at a user's. */
    readonly installFolder: string;
  }
}

/** Packs the compiled checkout and installs the tarball, once for all end-to-end tests. `dist` must be there. */
export default function packAndInstall(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'caisson-e2e-'));
  const npm = (...args: string[]): string =>
    execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const tarball = npm('pack', ROOT, '--ignore-scripts', '--silent').trim();
  npm('init', '--yes', '--silent');
  npm('install', `./${tarball}`, '--no-audit', '--no-fund', '--prefer-offline');
  project.provide('installFolder', folder);
  return () => {
    rmSync(folder, { recursive: true, force: true });
  };
}
