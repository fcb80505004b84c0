// npm run demo: from an MLflow run to answers over HTTP, with everything that is needed for it.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { OFFICIAL_BASE, provideBaseImage } from './setup/base-image.mjs';
import { provideEngine } from './setup/engine.mjs';
import { findEngine } from './setup/find-engine.mjs';
import { compile, installNodeModules } from './setup/node.mjs';
import { startRegistry } from './setup/registry.mjs';
import { agree, survey } from './setup/survey.mjs';
import { becomeTheOnlyRun } from './setup/only-run.mjs';
import { readOptions } from './support/options.mjs';
import { inRoot, ROOT } from './support/paths.mjs';
import { isPortTaken } from './support/ports.mjs';
import { capture, which } from './support/processes.mjs';
import { runSession } from './support/session.mjs';
import { sayDurations, timed } from './support/stopwatch.mjs';
import { heading, say, SetUpError } from './support/terminal.mjs';

const USAGE = `usage: npm run demo [-- --yes] [-- --port N]

  --yes      install what is missing without asking
  --port N   publish the server at this port of this machine (default 5001)`;

const BODY = '{"inputs": [[5.1, 3.5, 1.4, 0.2]]}';

/** @typedef {import('./support/session.mjs').Session} Session */

/** @param {readonly string[]} words */
const shown = (words) => words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`)).join(' ');

/**
 * Starts the real command, its story on our stderr, its answer shown and handed on line by line.
 * @param {readonly string[]} args @param {{ env: NodeJS.ProcessEnv, session: Session }} options
 */
function caisson(args, { env, session }) {
  say(`\n$ caisson ${shown(args)}`);
  const child = spawn(process.execPath, [inRoot('dist/main.js'), ...args], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  lines.on('line', say);
  /** @type {Promise<string>} */
  const firstLine = new Promise((resolve) => lines.once('line', resolve));
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
  const stop = () => {
    child.kill('SIGINT');
    return ended;
  };
  session.atEnd('stop caisson', () =>
    child.exitCode === null && child.signalCode === null ? stop() : undefined,
  );
  return { firstLine, ended, stop };
}

/** @param {readonly string[]} args @param {{ env: NodeJS.ProcessEnv, session: Session }} options */
async function finish(args, options) {
  const code = await Promise.race([caisson(args, options).ended, aborted(options.session.signal)]);
  if (code !== 0) throw new SetUpError(`caisson ${args[0]} ended with exit code ${code}`);
}

/** @param {AbortSignal} signal @returns {Promise<never>} */
const aborted = (signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** Sends the flower and checks the species. @param {string} url @param {AbortSignal} signal */
async function ask(url, signal) {
  const header = 'Content-Type: application/json';
  let text;
  if (which('curl') === undefined) {
    say(`\n(curl is not installed; the same with Node's fetch)\nPOST ${url} ${BODY}`);
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: BODY,
      signal,
    });
    text = await response.text();
  } else {
    say(`\n$ curl -X POST -H "${header}" -d '${BODY}' ${url}`);
    const answer = await capture(
      'curl',
      ['-sS', '--noproxy', '*', '-X', 'POST', '-H', header, '-d', BODY, url],
      { signal },
    );
    text = answer.code === 0 ? answer.stdout : answer.stderr;
  }
  say(text.trimEnd());
  if (!isSetosa(text)) throw new SetUpError(`${url} did not answer {"predictions": [0]}`);
}

/** @param {string} text */
function isSetosa(text) {
  try {
    return JSON.stringify(JSON.parse(text)) === '{"predictions":[0]}';
  } catch {
    return false;
  }
}

/** @param {Session} session */
async function setUp(session) {
  const { signal } = session;
  await timed('set-up: node_modules', () => installNodeModules(signal));
  await timed('set-up: compile', () => compile());
  const engine = await timed('set-up: engine', () => provideEngine(session));
  const base = await timed('set-up: base image', () => provideBaseImage(engine.api, signal));
  const registry = await timed('set-up: registry', () =>
    startRegistry({ api: engine.api, session, access: 'open' }),
  );
  return { engine, base, registry };
}

/** @param {Session} session @param {number} port */
async function story(session, port) {
  heading('Set-up');
  const { engine, base, registry } = await setUp(session);
  const { runId } = JSON.parse(readFileSync(inRoot('fixtures/store.json'), 'utf8'));
  const store = 'sqlite:///fixtures/store/mlflow.db';
  const image = `${registry}/demo/iris:1`;
  session.atEnd('remove the name of the image', () => engine.api.call('DELETE', `/images/${image}`));
  const env = { ...process.env, MLFLOW_TRACKING_URI: store, DOCKER_HOST: engine.api.host };
  const options = { env, session };
  heading('Demo (caisson stands for: node dist/main.js)');
  say(`$ export MLFLOW_TRACKING_URI=${store}`);
  if (process.env['DOCKER_HOST'] !== engine.api.host) say(`$ export DOCKER_HOST=${engine.api.host}`);

  const baseOption = base === OFFICIAL_BASE ? [] : ['--base-image', base];
  await timed('build-image', () =>
    finish(['build-image', `runs:/${runId}/iris_model`, '-t', image, ...baseOption], options),
  );
  await timed('push', () => finish(['push', image], options));
  await timed('run and two requests', async () => {
    const server = caisson(['run', image, '-p', `${port}:5001`], options);
    const first = await Promise.race([server.firstLine, server.ended, aborted(session.signal)]);
    if (typeof first === 'number') throw new SetUpError(`caisson run ended with exit code ${first}`);
    await ask(`${first}/predict`, session.signal);
    await ask(`${first}/invocations`, session.signal);
    await sleep(200); // let the container's last log lines come through
    say('\n^C');
    const code = await server.stop();
    if (code !== 130)
      throw new SetUpError(`caisson run ended with exit code ${code} after Ctrl-C, and not with 130`);
  });
}

const exitCode = await runSession(async (session) => {
  const values = readOptions({ yes: { type: 'boolean' }, port: { type: 'string' } }, USAGE);
  const port = Number(values.port ?? 5001);
  if (await isPortTaken(port)) {
    throw new SetUpError(
      `port ${port} of this machine is in use`,
      'choose another: npm run demo -- --port 5002',
    );
  }
  const engineAnswers = (await findEngine()) !== undefined;
  const lines = await survey({ engineAnswers, needsEngine: true, environments: [] });
  await agree(lines, { yes: values.yes === true, signal: session.signal });
  await becomeTheOnlyRun(session);
  await story(session, port);
  return 0;
});
sayDurations();
if (exitCode === 0) say('\nThe demo is done, and nothing of it is running any more.');
process.exit(exitCode);
