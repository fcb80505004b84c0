// npm run fixtures: makes fixtures/models and fixtures/store again, with real MLflow. Needs root: the store is trained in a folder of
// somebody else's (/home/ada/iris-project), so that the paths it records exist on no machine.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  readdirSync,
} from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import path from 'node:path';

import { binaryOf, fixtureMaker, providePython } from './setup/python.mjs';
import { inRoot, ROOT } from './support/paths.mjs';
import { run } from './support/processes.mjs';
import { runSession } from './support/session.mjs';
import { say, SetUpError } from './support/terminal.mjs';

const HOME = '/home/ada';
const PROJECT = `${HOME}/iris-project`;

/** The environment of somebody else: nothing of this machine's user gets into a fixture. @param {string} python */
const neutralEnvironment = (python) => ({
  PATH: `${path.dirname(python)}:/usr/bin:/bin`,
  HOME,
  USER: 'ada',
  LOGNAME: 'ada',
  MLFLOW_DISABLE_TELEMETRY: 'true',
  GIT_PYTHON_REFRESH: 'quiet',
});

/** @param {AbortSignal} signal */
async function saveModels(signal) {
  const target = inRoot('fixtures/models');
  rmSync(target, { recursive: true, force: true });
  for (const major of /** @type {const} */ ([2, 3])) {
    const folder = mkdtempSync(path.join(tmpdir(), 'caisson-fixtures-'));
    const python = binaryOf(fixtureMaker(major), 'python');
    await run(python, [inRoot('fixtures/make/save_models.py'), folder], {
      cwd: folder,
      env: neutralEnvironment(python),
      signal,
    });
    cpSync(folder, target, { recursive: true });
    rmSync(folder, { recursive: true });
  }
}

/** @param {AbortSignal} signal */
async function logStore(signal) {
  const python = binaryOf(fixtureMaker(3), 'python');
  cpSync(inRoot('fixtures/make/log_iris.py'), `${PROJECT}/train.py`);
  const options = { cwd: PROJECT, env: neutralEnvironment(python), signal };
  const { stdout } = await run(python, ['train.py', 'sqlite:///mlflow.db'], options);
  await run(python, ['-c', "import sqlite3; sqlite3.connect('mlflow.db').execute('VACUUM')"], options);
  rmSync(inRoot('fixtures/store'), { recursive: true, force: true });
  mkdirSync(inRoot('fixtures/store'));
  for (const name of ['mlflow.db', 'mlruns'])
    cpSync(`${PROJECT}/${name}`, inRoot(`fixtures/store/${name}`), { recursive: true });
  const ids = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  writeFileSync(inRoot('fixtures/store.json'), `${JSON.stringify(ids, undefined, 2)}\n`);
}

/** A short name such as `vm` is in any binary file by chance. */
const longHostName = () => (hostname().length > 4 ? [hostname()] : []);

/** Refuses fixtures that tell where they were made. */
function checkTraces() {
  const traces = [
    ROOT,
    `/${userInfo().username}/`,
    `${tmpdir()}/`,
    process.env['HOME'] ?? ROOT,
    ...longHostName(),
  ];
  for (const name of ['fixtures/models', 'fixtures/store']) {
    for (const entry of readdirSync(inRoot(name), { recursive: true, encoding: 'utf8' })) {
      const file = inRoot(`${name}/${entry}`);
      if (statSync(file).isDirectory()) continue;
      const text = readFileSync(file, 'latin1');
      const trace = traces.find((candidate) => text.includes(candidate));
      if (trace !== undefined)
        throw new SetUpError(`${file} holds '${trace}', which belongs to this machine`);
    }
  }
}

process.exit(
  await runSession(async ({ signal, atEnd }) => {
    if (existsSync(HOME))
      throw new SetUpError(`${HOME} exists: the fixtures must record paths that exist nowhere`);
    for (const major of /** @type {const} */ ([2, 3])) await providePython(fixtureMaker(major), signal);
    atEnd(`remove ${HOME}`, () => rmSync(HOME, { recursive: true, force: true }));
    mkdirSync(PROJECT, { recursive: true });
    await saveModels(signal);
    await logStore(signal);
    checkTraces();
    say('fixtures/models and fixtures/store are new; the ids are in fixtures/store.json');
    return 0;
  }),
);
