/**
 * What a suite came to. `output` is shown when something failed.
 * @typedef {{ name: string, passed: number, failed: number, skipped: number, seconds: number, output: string }} SuiteResult
 */

/** @param {readonly SuiteResult[]} results */
export function totalsOf(results) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of results) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

/** The last line of a test run: `N passed, N failed`, and the skipped ones when there are any. @param {readonly SuiteResult[]} results */
export function totalLine(results) {
  const { passed, failed, skipped } = totalsOf(results);
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** @param {SuiteResult} result */
export function resultLine({ name, passed, failed, skipped, seconds }) {
  const mark = failed > 0 ? 'FAIL' : passed > 0 ? 'ok' : 'skip';
  const tests = passed + failed + skipped;
  const counts =
    tests > 1 ? `  ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}` : '';
  return `${mark.padEnd(5)}${name.padEnd(22)}${seconds.toFixed(1).padStart(6)} s${counts}`;
}
