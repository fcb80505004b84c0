import { describe, expect, it } from 'vitest';
import type { CaissonEvent } from '../../../../src/core/events.ts';
import { CaissonError } from '../../../../src/core/errors.ts';
import { viewError } from '../../../../src/cli/report/error-view.ts';
import { createJsonReporter } from '../../../../src/cli/report/json-reporter.ts';
import { createPlainReporter } from '../../../../src/cli/report/plain-reporter.ts';
import { createQuietReporter } from '../../../../src/cli/report/quiet-reporter.ts';
import { createReporting, type Reporter } from '../../../../src/cli/report/reporter.ts';
import { createRedactor } from '../../../../src/core/redaction.ts';
import { textSink } from '../../../support/text-sink.ts';

const STORY: readonly (readonly [seconds: number, event: CaissonEvent])[] = [
  [0, { type: 'step.start', step: 'build', title: 'building iris' }],
  [1, { type: 'step.log', step: 'build', line: 'RUN pip install' }],
  [2, { type: 'step.progress', step: 'build', done: 1_000_000, total: 2_000_000, unit: 'bytes' }],
  [
    6,
    { type: 'step.progress', step: 'build', done: 1_500_000, total: 2_000_000, unit: 'bytes', note: 'layer' },
  ],
  [7, { type: 'step.end', step: 'build', outcome: 'done', note: '45.1 MB' }],
  [8, { type: 'note', message: 'try it:\ncurl' }],
  [9, { type: 'warning', message: 'be careful', hint: 'do this' }],
  [10, { type: 'container.log', stream: 'stderr', line: 'caisson ready {}' }],
];

const FAILURE = new CaissonError('BUILD_FAILED', "step 'RUN x' failed", {
  hint: 'fix x',
  detail: 'one\ntwo',
});

function tell(make: (sink: ReturnType<typeof textSink>) => Reporter): string {
  const sink = textSink();
  const reporter = make(sink);
  for (const [seconds, event] of STORY) reporter.event(event, new Date(seconds * 1000));
  reporter.error(viewError(FAILURE, 'short'), new Date(11_000));
  reporter.close();
  return sink.text();
}

const ERROR_TEXT = `error: step 'RUN x' failed
    one
    two
  hint: fix x
`;

describe('plain', () => {
  it('tells everything in whole lines, progress every five seconds', () => {
    expect(tell(createPlainReporter)).toBe(`building iris
  RUN pip install
building iris: 1.5 MB of 2.0 MB, 250.0 kB/s, 2 s left (layer)
building iris: done in 7.0 s (45.1 MB)
try it:
curl
warning: be careful
  hint: do this
caisson ready {}
${ERROR_TEXT}`);
  });
});

describe('quiet', () => {
  it('tells the error alone', () => {
    expect(tell(createQuietReporter)).toBe(ERROR_TEXT);
  });
});

describe('json', () => {
  it('is one versioned object a line, the error too', () => {
    const lines = tell(createJsonReporter)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toEqual([
      ...STORY.map(([seconds, event]) => ({ v: 1, time: new Date(seconds * 1000).toISOString(), ...event })),
      {
        ...{ v: 1, time: '1970-01-01T00:00:11.000Z', type: 'error', code: 'BUILD_FAILED', exitCode: 5 },
        ...{ message: "step 'RUN x' failed", hint: 'fix x', detail: 'one\ntwo' },
      },
    ]);
  });
});

describe('the wrapper in front of every reporter', () => {
  it('takes secrets out of events, errors, details, hints and traces', () => {
    const sink = textSink();
    const reporting = createReporting({
      reporter: createJsonReporter(sink),
      redact: createRedactor(['hunter2']),
      now: () => new Date(0),
    });
    reporting.emit({ type: 'step.start', step: 's', title: 'fetch https://user:pw@host/ hunter2' });
    reporting.emit({ type: 'container.log', stream: 'stdout', line: 'hunter2' });
    const cause = new TypeError('hunter2');
    const error = new CaissonError('STORE_DENIED', 'hunter2', { hint: 'hunter2', detail: 'hunter2', cause });
    reporting.error(viewError(error, 'verbose'));
    expect(sink.text()).not.toMatch(/hunter2|user:pw/);
    expect(sink.text()).toContain('caused by: TypeError: [redacted]');
  });
});

describe('errors', () => {
  it('shows stack and causes with --verbose alone', () => {
    const error = new CaissonError('STORE_FAILED', 'above', { cause: new TypeError('below') });
    expect(viewError(error, 'short').trace).toBeUndefined();
    expect(viewError(error, 'verbose').trace).toMatch(
      /^CaissonError: above\n[^]*caused by: TypeError: below\n/,
    );
  });

  it('takes anything that is not a CaissonError as a bug', () => {
    expect(viewError(new TypeError('x is undefined'), 'short')).toMatchObject({
      code: 'INTERNAL',
      exitCode: 1,
    });
    expect(viewError('text', 'short')).toMatchObject({ message: 'text', exitCode: 1 });
  });

  it('does not call it an error when the user stopped the command', () => {
    const sink = textSink();
    createPlainReporter(sink).error(
      viewError(new CaissonError('INTERRUPTED', 'interrupted'), 'short'),
      new Date(0),
    );
    expect(sink.text()).toBe('interrupted\n');
  });

  it('survives a circle of causes', () => {
    const error = new CaissonError('INTERNAL', 'circle');
    (error as { cause?: unknown }).cause = error;
    expect(viewError(error, 'verbose').trace).toContain('caused by');
  });
});
