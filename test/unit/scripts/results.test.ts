import { describe, expect, it } from 'vitest';
import { totalLine } from '../../../scripts/suites/result.mjs';
import { countJunit, countVitest } from '../../../scripts/suites/tests.mjs';
import { mirrorOf } from '../../../scripts/setup/apt.mjs';

const suite = { name: 'x', seconds: 0, output: '' };

describe('the last line of npm test', () => {
  it('adds up and leaves out what there was none of', () => {
    expect(totalLine([{ ...suite, passed: 3, failed: 0, skipped: 0 }])).toBe('3 passed, 0 failed');
    const skipped = [
      { ...suite, passed: 3, failed: 1, skipped: 2 },
      { ...suite, passed: 4, failed: 0, skipped: 0 },
    ];
    expect(totalLine(skipped)).toBe('7 passed, 1 failed, 2 skipped');
  });
});

describe('counting', () => {
  it('reads a report of vitest', () => {
    const report = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 };
    expect(countVitest(JSON.stringify(report))).toEqual({ passed: 5, failed: 1, skipped: 3 });
  });

  it('reads a report of pytest, errors in fixtures included', () => {
    const report =
      '<testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="1">';
    expect(countJunit(report)).toEqual({ passed: 4, failed: 3, skipped: 3 });
  });
});

describe('the Debian mirror', () => {
  it('is read from the newer format of apt', () => {
    expect(mirrorOf('Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\n')).toBe(
      'http://mirror.example/debian',
    );
  });

  it('is read from the one-line format, past other archives', () => {
    const sources =
      'deb https://tools.example/apt stable main\ndeb [signed-by=/k.gpg] http://mirror.example/debian/ bookworm main\n';
    expect(mirrorOf(sources)).toBe('http://mirror.example/debian/');
  });

  it('is nothing when there is none', () => {
    expect(mirrorOf('# nothing\n')).toBeUndefined();
  });
});
