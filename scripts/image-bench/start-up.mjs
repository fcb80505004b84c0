import { readFileSync } from 'node:fs';
import path from 'node:path';

import { median } from '../serve-bench/statistics.mjs';
import { inRoot, ROOT } from '../support/paths.mjs';
import { run } from '../support/processes.mjs';

const ROUNDS = 11;

/**
 * How long the command takes to start and to write a context, beside Node alone (the floor), taken in turns so that a busy moment hits all.
 * @param {import('./builders.mjs').Bench} bench @returns {Promise<import('./table.mjs').Line[]>}
 */
export async function startUp({ folder, signal }) {
  const { runId } = JSON.parse(readFileSync(inRoot('fixtures/store.json'), 'utf8'));
  const main = inRoot('dist/main.js');
  const context = path.join(folder, 'context');
  const commands = {
    node: ['-e', '0'],
    version: [main, '--version'],
    generate: [main, 'generate', `runs:/${runId}/iris_model`, '-o', context, '--force'],
  };
  const env = {
    ...process.env,
    MLFLOW_TRACKING_URI: 'sqlite:///fixtures/store/mlflow.db',
    PIP_CERT: '',
    SSL_CERT_FILE: '',
  };
  const times = { node: [0].slice(1), version: [0].slice(1), generate: [0].slice(1) };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of /** @type {(keyof typeof commands)[]} */ (Object.keys(commands))) {
      const start = performance.now();
      await run(process.execPath, commands[name], { cwd: ROOT, env, signal });
      times[name].push((performance.now() - start) / 1000);
    }
  }
  const floor = median(times.node);
  const version = { caisson: median(times.version), floor };
  const generate = { caisson: median(times.generate), floor };
  return [
    { what: 'caisson --version', unit: 's', figures: version, goals: [{ against: 'floor', atMost: 1.5 }] },
    { what: 'generate, iris of a store', unit: 's', figures: generate, goals: [], note: 'goal < 0.5 s' },
  ];
}
