import { ROOT } from '../support/paths.mjs';
import { capture } from '../support/processes.mjs';
import { binaryOf, PYTHON } from '../setup/python.mjs';
import { resultLine } from './result.mjs';
import { runVitest } from './tests.mjs';

/** @typedef {import('./result.mjs').SuiteResult} SuiteResult */

/** @param {string} script below node_modules @param {...string} args @returns {[string, ...string[]]} */
const node = (script, ...args) => [process.execPath, `node_modules/${script}`, ...args];
/** @param {string} tool @param {...string} args @returns {[string, ...string[]]} */
const python = (tool, ...args) => [binaryOf(PYTHON, tool), ...args];

/** What a second run need not look at again. @param {string} name */
const cache = (name) => `node_modules/.cache/${name}`;
/** @param {string} config @returns {[string, ...string[]]} */
const types = (config) =>
  node(
    'typescript/bin/tsc',
    '-p',
    config,
    '--noEmit',
    '--incremental',
    '--tsBuildInfoFile',
    cache(`${config}.types`),
  );

const PYTHON_FOLDERS = ['templates/runtime', 'templates/installer', 'test/runtime'];

/** What did not change was right before. Some rules ask for the types of other files, so where it counts everything is looked at. */
const lintCache = () =>
  process.env['CI']
    ? []
    : ['--cache', '--cache-strategy', 'content', '--cache-location', `${cache('eslint')}/`];

/** The longest first: two run at a time. @type {readonly { name: string, command: () => [string, ...string[]] }[]} */
const COMMANDS = [
  { name: 'eslint', command: () => node('eslint/bin/eslint.js', ...lintCache(), '.') },
  { name: 'types', command: () => types('tsconfig.json') },
  {
    name: 'mypy',
    command: () =>
      python('mypy', '--config-file', 'templates/runtime/pyproject.toml', '--cache-dir', cache('mypy')),
  },
  {
    name: 'types of scripts',
    command: () => types('tsconfig.scripts.json'),
  },
  {
    name: 'prettier',
    command: () => node('prettier/bin/prettier.cjs', '--check', '--cache', '--log-level=warn', '.'),
  },
  { name: 'knip', command: () => node('knip/bin/knip.js', '--no-progress') },
  {
    name: 'boundaries',
    command: () =>
      node('dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.cjs', 'src'),
  },
  { name: 'generated docs', command: () => [process.execPath, 'scripts/docs.mjs', '--check'] },
  { name: 'ruff', command: () => python('ruff', 'check', '--no-cache', ...PYTHON_FOLDERS) },
  {
    name: 'ruff format',
    command: () => python('ruff', 'format', '--no-cache', '--check', ...PYTHON_FOLDERS),
  },
];

/**
 * Runs everything that needs no engine, two at a time, and tells each result as it comes; the output only of what failed.
 * @param {{ projects: readonly string[], signal: AbortSignal, say: (line: string) => void }} options `projects`: which of
 *   vitest's projects belong to it
 * @returns {Promise<SuiteResult[]>}
 */
export async function runChecks({ projects, signal, say }) {
  const jobs = [
    ...projects.map((project) => () => runVitest([project], { name: `${project} tests`, signal })),
    ...COMMANDS.map((check) => () => runCommand(check, signal)),
  ];
  /** @type {SuiteResult[]} */
  const results = [];
  const worker = async () => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const result = await job();
      results.push(result);
      say(resultLine(result));
      if (result.failed > 0) say(result.output.trimEnd().replace(/^/gm, '     '));
    }
  };
  await Promise.all([worker(), worker()]);
  return results;
}

/** @param {(typeof COMMANDS)[number]} check @param {AbortSignal} signal @returns {Promise<SuiteResult>} */
async function runCommand({ name, command }, signal) {
  const [program, ...args] = command();
  const start = performance.now();
  const { code, output } = await capture(program, args, { cwd: ROOT, signal });
  const failed = code === 0 ? 0 : 1;
  return {
    name,
    passed: 1 - failed,
    failed,
    skipped: 0,
    seconds: (performance.now() - start) / 1000,
    output,
  };
}
