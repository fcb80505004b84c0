import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { binaryOf } from '../setup/python.mjs';
import { inRoot } from '../support/paths.mjs';
import { run } from '../support/processes.mjs';

/** @typedef {import('./places.mjs').Place} Place */
/**
 * @typedef {object} Bench
 * @property {string} folder for what is downloaded
 * @property {AbortSignal} signal
 *
 * @typedef {object} Probed what probe.mjs prints
 * @property {number[]} milliseconds
 * @property {number} requests
 * @property {number} peakMegabytes
 */

/** MLflow's own client with what it needs for S3. @type {import('../setup/python.mjs').Environment} */
export const CLIENT = { name: 'mlflow-client', requirements: ['scripts/download-bench/requirements.txt'] };

/** As many as caisson opens at once: with more, the servers of this bench are not quicker. */
export const CONNECTIONS = 8;

/** Seconds of work, into an empty folder that is removed afterwards. @param {Bench} bench @param {(folder: string) => Promise<unknown>} work */
async function timedIn({ folder }, work) {
  const target = mkdtempSync(path.join(folder, 'target-'));
  try {
    const begun = performance.now();
    await work(target);
    return (performance.now() - begun) / 1000;
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}

/** Is told every file and checks nothing. @param {Bench} bench @param {Place} place */
export function curl(bench, { model, urlOf }) {
  return timedIn(bench, async (target) => {
    const config = path.join(target, 'curl.conf');
    const lines = model.files.map((file) => `url = "${urlOf(file)}"\noutput = "${target}/${file}"\n`);
    writeFileSync(config, lines.join(''));
    const args = ['--silent', '--show-error', '--no-progress-meter', '--fail', '--create-dirs'];
    const parallel = ['--parallel', '--parallel-max', String(CONNECTIONS)];
    await run('curl', [...args, ...parallel, '--config', config], { signal: bench.signal });
  });
}

/** @param {Bench} bench @param {Place} place */
export function mlflow(bench, { uri, env }) {
  return timedIn(bench, (target) =>
    run(binaryOf(CLIENT, 'mlflow'), ['artifacts', 'download', '--artifact-uri', uri, '--dst-path', target], {
      env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', ...env },
      signal: bench.signal,
    }),
  );
}

/** The download into an empty cache, and what a new process takes that finds it there. @param {Bench} bench @param {Place} place */
export async function caisson(bench, place) {
  const taken = { seconds: 0, peakMegabytes: 0, cold: 0, warm: 0, requests: 0 };
  await timedIn(bench, async (cache) => {
    const begun = performance.now();
    const { peakMegabytes } = await probe(bench, { place, cache, times: 1 });
    taken.seconds = (performance.now() - begun) / 1000;
    // twice in one process: the second does not load programs any more
    const { milliseconds, requests } = await probe(bench, { place, cache, times: 2 });
    const [cold = 0, warm = 0] = milliseconds;
    Object.assign(taken, { peakMegabytes, cold, warm, requests });
  });
  return taken;
}

/** @param {Bench} bench @param {{ place: Place, cache: string, times: number }} asked @returns {Promise<Probed>} */
async function probe({ signal }, { place, cache, times }) {
  const script = inRoot('scripts/download-bench/probe.mjs');
  const { stdout } = await run(process.execPath, [script, place.uri, cache, inRoot('dist'), String(times)], {
    env: { ...process.env, ...place.env },
    signal,
  });
  return JSON.parse(stdout);
}
