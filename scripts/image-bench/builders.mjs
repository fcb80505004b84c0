import { rmSync } from 'node:fs';
import path from 'node:path';

import { runBuildDocker } from '../serve-bench/images.mjs';
import { inRoot, ROOT } from '../support/paths.mjs';
import { run } from '../support/processes.mjs';
import { say } from '../support/terminal.mjs';
import { buildWithBuildKit, inspectImage, removeImage, REPOSITORY } from './engine.mjs';

/**
 * Who builds images here, and how long each takes.
 *
 * @typedef {object} Bench
 * @property {import('../setup/docker-api.mjs').DockerApi} api
 * @property {AbortSignal} signal
 * @property {'found' | 'own'} origin whose engine it is
 * @property {string} base the image that everyone builds on
 * @property {string} folder of our own, for models and caches
 * @property {number} rounds
 * @property {import('../support/session.mjs').Session} session
 *
 * @typedef {'caisson' | 'tested' | 'mlflow' | 'floor' | 'copy'} Builder `tested`: caisson with its self-test; `floor`: the Dockerfile
 *   written by hand; `copy`: nothing but a COPY of the model
 * @typedef {{ model: string, name?: string }} What `model`: a folder; `name`: of the image, instead of one
 *   of the bench's own
 * @typedef {{ tag: string, model: string }} Job
 */

/** @type {Record<Builder, (bench: Bench, job: Job) => Promise<unknown>>} */
const BUILDERS = {
  caisson: (bench, { model, tag }) =>
    caisson(bench, ['build-image', model, '-t', tag, '--base-image', bench.base, '--no-self-test']),
  tested: (bench, { model, tag }) =>
    caisson(bench, ['build-image', model, '-t', tag, '--base-image', bench.base]),
  mlflow: (bench, { model, tag }) => runBuildDocker(bench, { model, tag, base: bench.base }),
  floor: (bench, job) => byHand(bench, { ...job, folder: 'floor' }),
  copy: (bench, job) => byHand(bench, { ...job, folder: 'copy' }),
};

/** @param {Bench} bench @param {Job & { folder: string }} job */
const byHand = (bench, job) => buildWithBuildKit(bench, { ...job, buildArgs: { BASE: bench.base } });

/**
 * Runs the compiled command, with a cache folder of the bench's own and no CAISSON_… variable of the user.
 * @param {Bench} bench @param {readonly string[]} args
 */
export async function caisson({ api, folder, signal }, args) {
  const mine = Object.entries(process.env).filter(([name]) => !/^(CAISSON|MLFLOW)_/.test(name));
  const env = {
    ...Object.fromEntries(mine),
    DOCKER_HOST: api.host,
    XDG_CACHE_HOME: cacheOf(folder),
  };
  await run(process.execPath, [inRoot('dist/main.js'), ...args, '--progress', 'plain'], {
    cwd: ROOT,
    env,
    signal,
  });
}

/** @param {string} folder */
const cacheOf = (folder) => path.join(folder, 'cache');

/** Locks and verdicts of earlier builds. @param {Bench} bench */
export const forgetKept = ({ folder }) => rmSync(cacheOf(folder), { recursive: true, force: true });

/** @param {Builder} builder @param {string} model a folder */
export const tagOf = (builder, model) => `${REPOSITORY}:${builder}-${path.basename(path.dirname(model))}`;

/**
 * Builds and tags, and removes the image that had the tag before.
 * @param {Bench} bench @param {Builder} builder @param {What} what @returns {Promise<number>} seconds
 */
export async function build(bench, builder, { model, name }) {
  const tag = name ?? tagOf(builder, model);
  const before = await inspectImage(bench.api, tag);
  const start = performance.now();
  await BUILDERS[builder](bench, { model, tag });
  const seconds = (performance.now() - start) / 1000;
  say(`  ${builder}: ${seconds.toFixed(2)} s`);
  const after = await inspectImage(bench.api, tag);
  if (before?.Id !== after?.Id) await removeImage(bench.api, before?.Id);
  return seconds;
}
