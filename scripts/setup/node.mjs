import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

import { inRoot, ROOT } from '../support/paths.mjs';
import { run } from '../support/processes.mjs';
import { bundle } from './bundle.mjs';

/** @typedef {Record<string, { version?: string, optional?: boolean, peer?: boolean }>} LockedPackages */

/** @param {string} file @returns {LockedPackages} */
const lockedPackages = (file) => JSON.parse(readFileSync(inRoot(file), 'utf8')).packages;

/** Whether node_modules holds what package-lock.json asks for. */
export function nodeModulesAreCurrent() {
  try {
    const wanted = lockedPackages('package-lock.json');
    const installed = lockedPackages('node_modules/.package-lock.json');
    return Object.entries(wanted).every(
      ([name, { version, optional }]) =>
        name === '' ||
        installed[name]?.version === version ||
        (optional === true && installed[name] === undefined),
    );
  } catch {
    return false;
  }
}

/** @param {AbortSignal} signal */
export async function installNodeModules(signal) {
  if (!nodeModulesAreCurrent())
    await run('npm', ['ci', '--loglevel=warn', '--no-audit', '--no-fund'], { cwd: ROOT, signal });
}

/** Makes dist of src, from nothing. Types are checked by npm run check. */
export async function compile() {
  rmSync(inRoot('dist'), { recursive: true, force: true });
  await bundle(inRoot('dist/bundle'));
  writeLauncher(inRoot('dist/main.js'));
}

/**
 * Read as shell by the system and as JavaScript by Node. `node --` is the point: without the dashes Node 20 takes options such as
 * --env-file from behind the name of the program, and `env -S` is not everywhere.
 */
const LAUNCHER = `#!/bin/sh
':' //; exec node -- "$0" "$@"
import './bundle/main.js';
`;

/** @param {string} program */
function writeLauncher(program) {
  writeFileSync(program, LAUNCHER);
  chmodSync(program, 0o755);
}
