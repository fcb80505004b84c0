// npm test: sets up what it needs and runs everything: checks, unit, golden, contract, runtime, integration, end to end.
import { existsSync } from 'node:fs';

import { startArtifactStores } from './setup/artifact-stores.mjs';
import { provideBaseImage } from './setup/base-image.mjs';
import { provideEngine } from './setup/engine.mjs';
import { findEngine } from './setup/find-engine.mjs';
import { compile, installNodeModules } from './setup/node.mjs';
import { binaryOf, fixtureMaker, PYTHON, providePython, STORES } from './setup/python.mjs';
import { startRegistry } from './setup/registry.mjs';
import { provideShells } from './setup/shells.mjs';
import { agree, survey } from './setup/survey.mjs';
import { startTrackingServer } from './setup/tracking-server.mjs';
import { runChecks } from './suites/checks.mjs';
import { resultLine, totalLine, totalsOf } from './suites/result.mjs';
import { runPytest, runVitest } from './suites/tests.mjs';
import { becomeTheOnlyRun } from './setup/only-run.mjs';
import { readOptions } from './support/options.mjs';
import { runSession } from './support/session.mjs';
import { sayDurations, timed } from './support/stopwatch.mjs';
import { heading, messageOf, say, sayError, SetUpError } from './support/terminal.mjs';

const SUITES = ['checks', 'unit', 'golden', 'runtime', 'contract', 'integration', 'e2e'];
const WITH_ENGINE = ['contract', 'integration', 'e2e'];

const USAGE = `usage: npm test [-- --yes] [-- --only SUITE,…]

  --yes         install what is missing without asking
  --only LIST   only these of ${SUITES.join(', ')}`;

/** @typedef {import('./support/session.mjs').Session} Session */
/** @typedef {import('./suites/result.mjs').SuiteResult} SuiteResult */

/** @param {unknown} only */
function chosenSuites(only) {
  const suites = typeof only === 'string' ? only.split(',') : SUITES;
  const unknown = suites.find((suite) => !SUITES.includes(suite));
  if (unknown !== undefined)
    throw new SetUpError(`there is no suite '${unknown}'`, `suites are ${SUITES.join(', ')}`);
  return suites;
}

/** What the tests with an engine are told about it. @param {Session} session @returns {Promise<NodeJS.ProcessEnv>} */
async function startServices(session) {
  const engine = await timed('set-up: engine', () => provideEngine(session));
  const { api } = engine;
  const base = await timed('set-up: base image', () => provideBaseImage(api, session.signal));
  const registry = await timed('set-up: registries', () => startRegistry({ api, session, access: 'open' }));
  const authRegistry = await startRegistry({ api, session, access: 'login' });
  await timed('set-up: Python', () => providePython(PYTHON, session.signal));
  await timed('set-up: MLflow 1', () => providePython(fixtureMaker(1), session.signal));
  await timed('set-up: MLflow 2', () => providePython(fixtureMaker(2), session.signal));
  const tracking = await timed('set-up: tracking server', () => startTrackingServer(session));
  await timed('set-up: shells', () => provideShells(session.signal));
  const stores = await timed('set-up: artifact stores', () => startArtifactStores(session));
  return {
    ...stores,
    CAISSON_TEST_DOCKER_HOST: api.host,
    CAISSON_TEST_BASE_IMAGE: base,
    CAISSON_TEST_REGISTRY: registry,
    CAISSON_TEST_AUTH_REGISTRY: authRegistry,
    CAISSON_TEST_MLFLOW_PYTHON: binaryOf(PYTHON, 'python'),
    CAISSON_TEST_MLFLOW1_PYTHON: binaryOf(fixtureMaker(1), 'python'),
    CAISSON_TEST_MLFLOW2_PYTHON: binaryOf(fixtureMaker(2), 'python'),
    CAISSON_TEST_TRACKING_URI: tracking.uri,
    CAISSON_TEST_TRACKING_IDS: tracking.ids,
  };
}

/** The environment of the tests: nothing of the developer's own MLflow or caisson settings. @param {NodeJS.ProcessEnv} services */
function testEnvironment(services) {
  const own = Object.entries(process.env).filter(([name]) => !/^(MLFLOW|CAISSON)_/.test(name));
  const ca = process.env['PIP_CERT'] ?? process.env['SSL_CERT_FILE'];
  const withCa = ca !== undefined && existsSync(ca) ? { CAISSON_TEST_CA: ca } : {};
  return { ...Object.fromEntries(own), ...withCa, ...services };
}

/** @param {readonly string[]} suites @param {AbortSignal} signal */
async function runFastSuites(suites, signal) {
  const projects = suites.filter((suite) => suite === 'unit' || suite === 'golden');
  if (suites.includes('checks')) {
    await providePython(PYTHON, signal);
    return runChecks({ projects, signal, say });
  }
  const results = projects.length === 0 ? [] : [await runVitest(projects, { name: 'unit tests', signal })];
  for (const result of results) tell(result);
  return results;
}

/** @param {SuiteResult} result */
function tell(result) {
  say(resultLine(result));
  if (result.failed > 0) say(result.output.trimEnd());
}

/** Suites that did not run, and why: a failure in CI. @param {readonly string[]} suites @param {unknown} reason @returns {SuiteResult[]} */
function notRun(suites, reason) {
  const inCi = Boolean(process.env['CI']);
  say(`${inCi ? 'FAIL' : 'SKIPPED'}: ${suites.join(', ')}: ${messageOf(reason)}`);
  const counts = { passed: 0, failed: inCi ? 1 : 0, skipped: inCi ? 0 : 1 };
  return suites.map((name) => ({ name, ...counts, seconds: 0, output: '' }));
}

/** @param {Session} session @param {readonly string[]} suites @returns {Promise<SuiteResult[]>} */
async function runSuites(session, suites) {
  const { signal } = session;
  const slow = suites.filter((suite) => WITH_ENGINE.includes(suite));
  heading('Set-up and checks');
  const services =
    slow.length === 0
      ? undefined
      : startServices(session).catch((/** @type {unknown} */ error) => new SetUpError(messageOf(error)));
  const results = await timed('checks', () => runFastSuites(suites, signal));
  const ready = await services;
  signal.throwIfAborted();
  if (suites.includes('runtime')) {
    heading('runtime (pytest)');
    await providePython(PYTHON, signal);
    results.push(
      await timed('runtime', () => runPytest({ name: 'runtime', signal, env: testEnvironment({}) })),
    );
    tell(/** @type {SuiteResult} */ (results.at(-1)));
  }
  if (ready instanceof SetUpError) return [...results, ...notRun(slow, ready)];
  for (const suite of slow) {
    heading(suite);
    const env = testEnvironment(ready ?? {});
    const onOutput = (/** @type {string} */ chunk) => void process.stdout.write(chunk);
    const result = await timed(suite, () => runVitest([suite], { name: suite, signal, env, onOutput }));
    results.push(result);
  }
  return results;
}

/** @param {Session} session @param {readonly string[]} suites @param {{ yes: boolean }} options */
async function setUpAndRun(session, suites, { yes }) {
  const { signal } = session;
  const needsEngine = suites.some((suite) => WITH_ENGINE.includes(suite));
  const environments = suites.every((suite) => ['unit', 'golden'].includes(suite))
    ? []
    : [PYTHON, ...(needsEngine ? [fixtureMaker(1), fixtureMaker(2), STORES] : [])];
  const engineAnswers = needsEngine && (await findEngine()) !== undefined;
  await agree(await survey({ engineAnswers, needsEngine, environments }), { yes, signal });
  if (needsEngine) await becomeTheOnlyRun(session);
  await timed('set-up: node_modules', () => installNodeModules(signal));
  await timed('set-up: compile', () => compile());
  return runSuites(session, suites);
}

/** A set-up that failed is a failure in the count too: the last line is there whatever happens. @param {unknown} error @returns {SuiteResult[]} */
function failedSetUp(error) {
  sayError(error);
  return [{ name: 'set-up', passed: 0, failed: 1, skipped: 0, seconds: 0, output: '' }];
}

process.env['CAISSON_TEST_RUNS'] = 'all'; // test/support/runs.ts
/** @type {SuiteResult[]} */
let results = [];
const exitCode = await runSession(async (session) => {
  const { yes, only } = readOptions({ yes: { type: 'boolean' }, only: { type: 'string' } }, USAGE);
  const suites = chosenSuites(only);
  results = await setUpAndRun(session, suites, { yes: yes === true }).catch(failedSetUp);
  return totalsOf(results).failed === 0 ? 0 : 1;
});
// Everything has been stopped by now: the last line of the output is the count.
if (results.length > 0) {
  sayDurations();
  heading('Results');
  for (const result of results) say(resultLine(result));
  say(totalLine(results));
}
process.exit(exitCode);
