import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ROOT } from '../support/paths.mjs';
import { capture } from '../support/processes.mjs';
import { binaryOf, PYTHON } from '../setup/python.mjs';

/**
 * @typedef {object} TestRun
 * @property {string} name
 * @property {AbortSignal} signal
 * @property {NodeJS.ProcessEnv} [env]
 * @property {(chunk: string) => void} [onOutput]
 * @typedef {import('./result.mjs').SuiteResult} SuiteResult
 */

/**
 * Runs projects of vitest.config.ts and counts what its report says.
 * @param {readonly string[]} projects @param {TestRun} options @returns {Promise<SuiteResult>}
 */
export function runVitest(projects, options) {
  return withReport('vitest.json', options, async (report) => {
    const args = [
      ...[
        'node_modules/vitest/vitest.mjs',
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ],
      ...projects.flatMap((project) => ['--project', project]),
    ];
    return { ...(await capture(process.execPath, args, { ...options, cwd: ROOT })), counts: countVitest };
  });
}

/** Runs the tests of the runtime. @param {TestRun} options @returns {Promise<SuiteResult>} */
export function runPytest(options) {
  const env = { ...(options.env ?? process.env), PYTHONDONTWRITEBYTECODE: '1' };
  return withReport('pytest.xml', options, async (report) => {
    const args = [
      '-m',
      'pytest',
      'test/runtime',
      '-c',
      'templates/runtime/pyproject.toml',
      '-q',
      '-p',
      'no:cacheprovider',
      `--junitxml=${report}`,
    ];
    return {
      ...(await capture(binaryOf(PYTHON, 'python'), args, { ...options, env, cwd: ROOT })),
      counts: countJunit,
    };
  });
}

/**
 * @param {string} file @param {TestRun} options
 * @param {(report: string) => Promise<import('../support/processes.mjs').RunResult & { counts: typeof countVitest }>} work
 * @returns {Promise<SuiteResult>}
 */
async function withReport(file, { name }, work) {
  const folder = mkdtempSync(path.join(tmpdir(), 'caisson-report-'));
  const report = path.join(folder, file);
  const start = performance.now();
  try {
    const { code, output, counts } = await work(report);
    const { passed, failed, skipped } = existsSync(report)
      ? counts(readFileSync(report, 'utf8'))
      : { passed: 0, failed: 0, skipped: 0 };
    // A run that broke outside of any test (a file that does not load, an unhandled rejection) failed too.
    const seconds = (performance.now() - start) / 1000;
    return { name, passed, failed: code !== 0 && failed === 0 ? 1 : failed, skipped, seconds, output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Counts of vitest's JSON report. @param {string} text */
export function countVitest(text) {
  const report = JSON.parse(text);
  return {
    passed: Number(report.numPassedTests),
    failed: Number(report.numFailedTests),
    skipped: Number(report.numPendingTests) + Number(report.numTodoTests),
  };
}

/** Counts of pytest's JUnit report. @param {string} text */
export function countJunit(text) {
  const suite = /<testsuite [^>]*>/.exec(text)?.[0] ?? '';
  /** @param {string} attribute */
  const count = (attribute) => Number(new RegExp(` ${attribute}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  return { passed: count('tests') - failed - count('skipped'), failed, skipped: count('skipped') };
}
