import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { hasImage } from '../setup/docker-api.mjs';
import { binaryOf, PYTHON } from '../setup/python.mjs';
import { inRoot, ROOT } from '../support/paths.mjs';
import { run } from '../support/processes.mjs';
import { say, SetUpError } from '../support/terminal.mjs';
import { dockerBuild, dockerEnvironment, requireDockerCommand } from '../setup/docker-build.mjs';

/**
 * @typedef {object} Workshop what images are built with
 * @property {import('../setup/docker-api.mjs').DockerApi} api
 * @property {AbortSignal} signal
 * @property {string} base the Python base image
 */

const BENCH = 'scripts/serve-bench';

/**
 * Builds caisson's image of a model with the compiled command.
 * @param {Workshop} workshop @param {{ model: string, tag: string, requirements?: readonly string[] }} what `requirements`: besides the model's
 */
export async function buildCaisson({ api, signal, base }, { model, tag, requirements = [] }) {
  say(`building ${tag} with caisson`);
  const args = [
    inRoot('dist/main.js'),
    'build-image',
    model,
    '-t',
    tag,
    '--base-image',
    base,
    '--no-self-test',
    ...requirements.flatMap((requirement) => ['--requirement', requirement]),
  ];
  await run(process.execPath, args, { cwd: ROOT, signal, env: { ...process.env, DOCKER_HOST: api.host } });
  return tag;
}

/** The base of everything else. @param {Workshop} workshop @returns {Promise<string>} */
export async function buildBase({ api, signal, base }) {
  const tag = 'caisson-test/bench-base:1';
  const failure = await dockerBuild(
    { api, signal },
    { folder: inRoot(`${BENCH}/base`), tag, buildArgs: { BASE: base } },
  );
  if (failure !== undefined) throw new SetUpError(`the base of the contestants is not built:\n${failure}`);
  return tag;
}

/**
 * MLflow's own image of the model: what `mlflow models build-docker --env-manager local` makes, on our base.
 * @param {Workshop} workshop @param {string} model a folder @returns {Promise<string>}
 */
export async function buildMlflow(workshop, model) {
  const base = await buildBase(workshop);
  const tag = `caisson-test/bench-mlflow:${digestOf([base, ...filesBelow(model)])}`;
  if (await hasImage(workshop.api, tag)) return tag;
  say(`building ${tag} with mlflow.models.build_docker (minutes)`);
  await runBuildDocker(workshop, { model, tag, base });
  return tag;
}

/**
 * Calls mlflow.models.build_docker, with the environment `local` and on our base.
 * @param {Pick<Workshop, 'api' | 'signal'>} workshop @param {{ model: string, tag: string, base: string }} what `model`: a folder
 */
export async function runBuildDocker({ api, signal }, { model, tag, base }) {
  requireDockerCommand();
  const script = [
    'import sys, mlflow.models',
    'model, name, base = sys.argv[1:]',
    "mlflow.models.build_docker(f'file://{model}', name, env_manager='local', base_image=base)",
  ].join('\n');
  const env = {
    ...dockerEnvironment(api),
    MLFLOW_DISABLE_TELEMETRY: 'true',
    MLFLOW_TRACKING_URI: undefined,
  };
  const folder = mkdtempSync(path.join(tmpdir(), 'caisson-mlflow-'));
  try {
    const options = { cwd: folder, env, signal };
    await run(binaryOf(PYTHON, 'python'), ['-c', script, model, tag, base], options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The image of another server with the same model. Throws a SetUpError when it cannot be had, say because the package index has no
 * fitting package.
 * @param {Workshop} workshop @param {{ name: string, model: string }} peer a folder of ./peers
 */
export async function buildPeer(workshop, { name, model }) {
  const base = await buildBase(workshop);
  const folder = inRoot(`${BENCH}/peers/${name}`);
  const tag = `caisson-test/bench-${name}:${digestOf([base, ...filesBelow(folder), ...filesBelow(model)])}`;
  if (await hasImage(workshop.api, tag)) return tag;
  say(`building ${tag}`);
  const failure = await dockerBuild(workshop, { folder, tag, buildArgs: { BASE: base }, files: { model } });
  if (failure !== undefined) throw new SetUpError(failure);
  return tag;
}

/** @param {string} folder @returns {string[]} */
function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile());
}

/** Twelve digits that change with the bytes of the files (or with words that are no files). @param {readonly string[]} parts */
function digestOf(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(existsSync(part) ? readFileSync(part) : part);
  return hash.digest('hex').slice(0, 12);
}
