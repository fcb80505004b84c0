// npm run bench: how fast caisson is, as ratios and medians taken in one run. Prints; asserts nothing.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { provideBaseImage } from './setup/base-image.mjs';
import { provideEngine } from './setup/engine.mjs';
import { findEngine } from './setup/find-engine.mjs';
import { compile, installNodeModules } from './setup/node.mjs';
import { becomeTheOnlyRun } from './setup/only-run.mjs';
import { agree, survey } from './setup/survey.mjs';
import { readOptions } from './support/options.mjs';
import { inRoot, ROOT } from './support/paths.mjs';
import { run } from './support/processes.mjs';
import { runSession } from './support/session.mjs';
import { heading, say } from './support/terminal.mjs';

const USAGE = 'usage: npm run bench [-- --yes]\n\n  --yes  install what is missing without asking';
const IMAGE = 'caisson-test/bench:1';

/** @typedef {import('./support/session.mjs').Session} Session */

/**
 * Medians of several commands in seconds, taken in turns so that a busy moment hits all of them.
 * @param {Record<string, () => Promise<unknown>>} works @param {number} rounds @returns {Promise<Record<string, number>>}
 */
async function medians(works, rounds) {
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(Object.keys(works).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, work] of Object.entries(works)) {
      const start = performance.now();
      await work();
      times[name]?.push((performance.now() - start) / 1000);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]));
}

/** @param {readonly number[]} list */
function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** @param {string} what @param {string} measured @param {string} goal */
const row = (what, measured, goal) => say(`  ${what.padEnd(44)}${measured.padStart(10)}   goal ${goal}`);

/** @param {Session} session @param {NodeJS.ProcessEnv} env */
function commands({ signal }, env) {
  const node = (/** @type {readonly string[]} */ args) => () =>
    run(process.execPath, args, { cwd: ROOT, env, signal });
  return {
    node,
    caisson: (/** @type {readonly string[]} */ ...args) => node([inRoot('dist/main.js'), ...args]),
  };
}

/** @param {Session} session @param {string} folder */
async function measureCommandLine(session, folder) {
  const { runId } = JSON.parse(readFileSync(inRoot('fixtures/store.json'), 'utf8'));
  const env = {
    ...process.env,
    MLFLOW_TRACKING_URI: 'sqlite:///fixtures/store/mlflow.db',
    PIP_CERT: '',
    SSL_CERT_FILE: '',
  };
  const { node, caisson } = commands(session, env);
  const result = await medians(
    {
      node: node(['-e', '0']),
      version: caisson('--version'),
      generate: caisson(
        'generate',
        `runs:/${runId}/iris_model`,
        '-o',
        path.join(folder, 'context'),
        '--force',
      ),
    },
    11,
  );
  const { node: floor = NaN, version = NaN, generate = NaN } = result;
  row('caisson --version / node -e 0', `${(version / floor).toFixed(2)} x`, '<= 1.5 x');
  row('generate, iris from the sqlite store', `${generate.toFixed(2)} s`, '< 0.5 s');
  row('generate / node -e 0', `${(generate / floor).toFixed(1)} x`, '-');
}

/** @param {Session} session */
async function measureBuild(session) {
  const { api } = await provideEngine(session);
  const base = await provideBaseImage(api, session.signal);
  session.atEnd('remove the image', () => api.call('DELETE', `/images/${IMAGE}`));
  const { caisson } = commands(session, { ...process.env, DOCKER_HOST: api.host });
  const model = 'fixtures/models/mlflow3-iris-tensor';
  const build = caisson('build-image', model, '-t', IMAGE, '--base-image', base, '--no-self-test');
  const { first = NaN } = await medians({ first: build }, 1);
  const { unchanged = NaN } = await medians({ unchanged: build }, 7);
  row('build-image, nothing changed', `${unchanged.toFixed(2)} s`, '< 1 s');
  row(
    'build-image, first of this run / unchanged',
    `${(first / unchanged).toFixed(1)} x`,
    '- (caches may be warm)',
  );
}

process.exit(
  await runSession(async (session) => {
    const { yes } = readOptions({ yes: { type: 'boolean' } }, USAGE);
    const engineAnswers = (await findEngine()) !== undefined;
    const lines = await survey({ engineAnswers, needsEngine: true, environments: [] });
    await agree(lines, { yes: yes === true, signal: session.signal });
    await becomeTheOnlyRun(session);
    await installNodeModules(session.signal);
    await compile(session.signal);
    const folder = mkdtempSync(path.join(tmpdir(), 'caisson-bench-'));
    session.atEnd('remove the folder', () => rmSync(folder, { recursive: true, force: true }));
    heading('Medians of one run on this machine');
    await measureCommandLine(session, folder);
    await measureBuild(session);
    return 0;
  }),
);
