import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { takeLock } from '../support/lock.mjs';
import { CACHE, inCache, inRoot } from '../support/paths.mjs';
import { capture, run } from '../support/processes.mjs';
import { SetUpError } from '../support/terminal.mjs';
import { canInstallPackages, installPackages } from './apt.mjs';

/**
 * A virtual environment of the cache folder: what it is for, and the requirements files that decide what is in it.
 * @typedef {{ name: string, requirements: readonly string[] }} Environment
 */

/** Real MLflow, the tests of the runtime, and its linters and type checker, which need to see what they check. @type {Environment} */
export const PYTHON = {
  name: 'runtime',
  requirements: ['test/runtime/requirements.txt', 'templates/runtime/requirements.txt'],
};

/** Servers that speak as the clouds' object stores do. @type {Environment} */
export const STORES = { name: 'stores', requirements: ['test/integration/stores-requirements.txt'] };

/** The MLflow of each major version: 2 and 3 saved the fixtures, and 1 writes stores for tests. @param {1 | 2 | 3} major @returns {Environment} */
export const fixtureMaker = (major) => ({
  name: `fixtures-mlflow${major}`,
  requirements: [`fixtures/make/requirements-mlflow${major}.txt`],
});

/** @param {string} name the environment's folder below the cache */
const folderOf = (name) => inCache(`python/${name}`);

/** @param {Environment} environment @param {string} command such as `python` or `ruff` */
export const binaryOf = ({ name }, command) => path.join(folderOf(name), 'bin', command);

/** @param {Environment} environment */
function fingerprint({ requirements }) {
  const hash = createHash('sha256');
  for (const file of requirements) hash.update(readFileSync(inRoot(file)));
  return hash.digest('hex');
}

/** @param {Environment} environment */
export function isEnvironmentCurrent(environment) {
  try {
    return (
      readFileSync(path.join(folderOf(environment.name), 'caisson-requirements'), 'utf8') ===
      fingerprint(environment)
    );
  } catch {
    return false;
  }
}

/** Whether this machine has a Python that can make virtual environments. */
export async function hasPython() {
  return (await capture('python3', ['-c', 'import venv, ensurepip'])).code === 0;
}

/**
 * Makes the environment when it is missing or its requirements changed.
 * @param {Environment} environment @param {AbortSignal} signal
 */
export async function providePython(environment, signal) {
  if (isEnvironmentCurrent(environment)) return;
  const release = await takeLock('python', signal);
  try {
    if (!isEnvironmentCurrent(environment)) await makeEnvironment(environment, signal);
  } finally {
    release();
  }
}

/** @param {Environment} environment @param {AbortSignal} signal */
async function makeEnvironment(environment, signal) {
  const uv = await provideUv(signal);
  const folder = folderOf(environment.name);
  const ca = process.env['SSL_CERT_FILE'] ?? process.env['PIP_CERT']; // uv reads only the first
  const env = {
    ...process.env,
    UV_CACHE_DIR: inCache('uv-cache'),
    UV_PYTHON_DOWNLOADS: 'never',
    VIRTUAL_ENV: undefined,
    ...(ca === undefined ? {} : { SSL_CERT_FILE: ca }),
  };
  rmSync(folder, { recursive: true, force: true });
  await run(uv, ['venv', '--quiet', '--python', 'python3', folder], { env, signal });
  const files = environment.requirements.flatMap((file) => ['--requirement', inRoot(file)]);
  const target = ['--python', path.join(folder, 'bin/python')];
  await run(
    uv,
    ['pip', 'install', '--quiet', '--link-mode=copy', '--compile-bytecode', ...target, ...files],
    { env, signal },
  );
  writeFileSync(path.join(folder, 'caisson-requirements'), fingerprint(environment));
}

/** The path of uv, installed in a small virtual environment of its own. @param {AbortSignal} signal */
async function provideUv(signal) {
  const folder = folderOf('uv');
  const uv = path.join(folder, 'bin/uv');
  if (existsSync(uv)) return uv;
  if (!(await hasPython())) {
    if (!canInstallPackages())
      throw new SetUpError('python3 with venv is missing', 'install Python 3.10 or newer');
    await installPackages(['python3', 'python3-venv'], signal);
  }
  mkdirSync(CACHE, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  await run('python3', ['-m', 'venv', folder], { signal });
  await run(path.join(folder, 'bin/python'), ['-m', 'pip', 'install', '--quiet', 'uv'], { signal });
  return uv;
}
