import { readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

import { provideBaseImage } from '../setup/base-image.mjs';
import { dockerBuild, dockerEnvironment } from '../setup/docker-build.mjs';
import { exitCode, logTail } from '../serve-bench/containers.mjs';
import { removeContainer } from '../setup/docker-api.mjs';
import { inRoot } from '../support/paths.mjs';
import { run } from '../support/processes.mjs';
import { lastLines, say, SetUpError } from '../support/terminal.mjs';

/** @typedef {'3.9' | '3.13'} Python */
/** @typedef {import('../serve-bench/images.mjs').Workshop} Workshop */
/** @typedef {import('../support/session.mjs').Session} Session */
/** @typedef {import('../suites/result.mjs').SuiteResult} SuiteResult */

/** The files of pinned versions; a Python that the newest ones have left has its own. @type {Record<Python, string>} */
const REQUIREMENTS = { 3.9: 'requirements-py39.txt', 3.13: 'requirements.txt' };
const SAVE_TIME_MS = 5 * 60_000;
const TEST_TIME_MS = 30 * 60_000;

/**
 * Builds an image of the tests on this Python, saves the iris models there into `models`, and runs the tests unless they are not wanted.
 * @param {Session} session @param {Workshop} workshop @param {{ python: Python, models: string, tests: boolean }} what
 * @returns {Promise<SuiteResult[]>}
 */
export async function testOnPython(session, workshop, { python, models, tests }) {
  const base = await provideBaseImage(workshop.api, session.signal, python);
  const image = `caisson-test/runtime-tests:${python}`;
  say(`building ${image} on ${base}`);
  const failure = await dockerBuild(workshop, {
    folder: inRoot('scripts/pythons'),
    tag: image,
    buildArgs: { BASE: base, REQUIREMENTS: REQUIREMENTS[python] },
    files: contextFiles(),
  });
  if (failure !== undefined) throw new SetUpError(`the tests have no image on Python ${python}:\n${failure}`);
  await saveModels(session, workshop, { image, models });
  return tests ? [await runTests(session, workshop, { image, python })] : [];
}

/** The requirements stand apart from the tests: a changed test leaves the layer of the packages alone. */
function contextFiles() {
  const requirements = readdirSync(inRoot('test/runtime')).filter((name) =>
    /^requirements.*\.txt$/.test(name),
  );
  return {
    ...Object.fromEntries(
      requirements.map((name) => [`test/requirements/${name}`, inRoot(`test/runtime/${name}`)]),
    ),
    'templates/runtime': inRoot('templates/runtime'),
    'test/runtime': inRoot('test/runtime'),
    'fixtures/make': inRoot('fixtures/make'),
    'fixtures/models': inRoot('fixtures/models'),
  };
}

/**
 * Saves the models in a container and copies them out.
 * @param {Session} session @param {Workshop} workshop @param {{ image: string, models: string }} what
 */
async function saveModels(session, { api }, { image, models }) {
  const command = ['/opt/venv/bin/python', 'fixtures/make/save_models.py', '/models'];
  const id = await startNamed(session, api, { image, command });
  const code = await exitCode(api, id, { timeoutMs: SAVE_TIME_MS, signal: session.signal });
  if (code !== 0) throw new SetUpError(`the models are not saved:\n${await logTail(api, id, 20)}`);
  await run('docker', ['cp', `${id}:/models/.`, models], {
    env: dockerEnvironment(api),
    signal: session.signal,
  });
  await removeContainer(api, id);
}

/** @param {Session} session @param {Workshop} workshop @param {{ image: string, python: Python }} what @returns {Promise<SuiteResult>} */
async function runTests(session, { api }, { image, python }) {
  const start = performance.now();
  const id = await startNamed(session, api, { image, command: undefined });
  const code = await exitCode(api, id, { timeoutMs: TEST_TIME_MS, signal: session.signal });
  const log = await logTail(api, id, 400);
  await removeContainer(api, id);
  const summary = lastLines(log, 1);
  /** @param {string} word */
  const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(summary)?.[1] ?? 0);
  const failed = count('failed') + count('error');
  return {
    name: `tests, Python ${python}`,
    passed: count('passed'),
    failed: code === 0 ? failed : Math.max(failed, 1),
    skipped: count('skipped'),
    seconds: (performance.now() - start) / 1000,
    output: log,
  };
}

let count = 0;

/**
 * @param {Session} session @param {import('../setup/docker-api.mjs').DockerApi} api
 * @param {{ image: string, command: readonly string[] | undefined }} what
 */
async function startNamed(session, api, { image, command }) {
  count += 1;
  const name = `caisson-test-python-${process.pid}-${count}`;
  const definition = {
    Image: image,
    ...(command === undefined ? {} : { Cmd: command }),
    HostConfig: hasIpv6() ? { Sysctls: { 'net.ipv6.conf.all.disable_ipv6': '0' } } : {},
  };
  const created = await api.call('POST', `/containers/create?name=${name}`, { json: definition });
  if (created.status !== 201) throw new SetUpError(`no container of ${image}: ${created.text.trim()}`);
  const id = String(created.json().Id);
  session.atEnd('remove a container', () => removeContainer(api, id));
  await api.call('POST', `/containers/${id}/start`);
  return id;
}

/** An engine takes IPv6 from containers, loopback included, unless told otherwise; the tests listen on it where this machine has it. */
const hasIpv6 = () => networkInterfaces()['lo']?.some(({ address }) => address === '::1') === true;
