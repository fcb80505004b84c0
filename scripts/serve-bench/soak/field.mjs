import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { binaryOf, PYTHON } from '../../setup/python.mjs';
import { inRoot } from '../../support/paths.mjs';
import { run } from '../../support/processes.mjs';
import { say } from '../../support/terminal.mjs';
import { buildCaisson } from '../images.mjs';

/**
 * Where a soak test takes place.
 * @typedef {object} Field
 * @property {import('../../setup/docker-api.mjs').DockerApi} api
 * @property {import('../../support/session.mjs').Session} session
 * @property {import('../containers.mjs').Limits} limits
 * @property {{ iris: string, unruly: string }} images
 * @property {import('./questions.mjs').Answers} answers what MLflow says about the 150 flowers
 */

/**
 * Saves the models with MLflow, asks MLflow for the right answers, and builds caisson's images.
 * @param {import('../../support/session.mjs').Session} session @param {import('../images.mjs').Workshop} workshop
 * @param {import('../containers.mjs').Limits} limits @returns {Promise<Field>}
 */
export async function layOut(session, workshop, limits) {
  const folder = mkdtempSync(path.join(tmpdir(), 'caisson-soak-'));
  session.atEnd('remove the models', () => rmSync(folder, { recursive: true, force: true }));
  say('saving the models with MLflow');
  await run(
    binaryOf(PYTHON, 'python'),
    [
      inRoot('scripts/serve-bench/models/save.py'),
      folder,
      // those of the benchmark's model: the images then share the layer of the packages
      inRoot('fixtures/models/mlflow3-iris-columns/requirements.txt'),
    ],
    { cwd: folder, signal: session.signal, env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true' } },
  );
  const answers = JSON.parse(readFileSync(path.join(folder, 'answers.json'), 'utf8'));
  const build = (/** @type {string} */ name) =>
    buildCaisson(workshop, {
      model: path.join(folder, name),
      tag: `caisson-test/soak-${name}:1`,
      // some of the bodies are Parquet
      requirements: ['pyarrow'],
    });
  const images = { iris: await build('iris'), unruly: await build('unruly') };
  return { api: workshop.api, session, limits, images, answers };
}
