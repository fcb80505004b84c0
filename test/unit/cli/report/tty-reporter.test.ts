import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { viewError } from '../../../../src/cli/report/error-view.ts';
import { createTtyReporter } from '../../../../src/cli/report/tty-reporter.ts';
import { CaissonError } from '../../../../src/core/errors.ts';
import { recordedStream } from '../../../support/text-sink.ts';

/** Longer than a frame of the spinner, in milliseconds. */
const FRAMES = 250;
/** The text without the control sequences of a terminal. */
const plain = (text: string): string => text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
const at = (seconds: number): Date => new Date(Date.now() + seconds * 1000);

describe('tty', () => {
  it('ends every step with one line: mark, title, time, note', async () => {
    const stream = recordedStream({ isTTY: true, columns: 80 });
    const reporter = createTtyReporter(stream);
    reporter.event({ type: 'step.start', step: 'a', title: 'building iris' }, at(0));
    reporter.event({ type: 'step.progress', step: 'a', done: 1, total: 3, unit: 'items' }, at(0));
    await delay(FRAMES);
    reporter.event({ type: 'step.end', step: 'a', outcome: 'done', note: '45 MB' }, at(12));
    reporter.close();
    expect(plain(stream.text())).toMatch(/building iris {2}0\.\d s {2}1 of 3/);
    expect(plain(stream.text())).toMatch(/[✔√] building iris {2}12\.\d s {2}45 MB\n/);
  });

  it('shows the newest log line cut to the width and without control characters', async () => {
    const stream = recordedStream({ isTTY: true, columns: 30 });
    const reporter = createTtyReporter(stream);
    reporter.event({ type: 'step.start', step: 'a', title: 't' }, at(0));
    reporter.event(
      { type: 'step.log', step: 'a', line: `\u001b[31mred\u001b[0m\r${'x'.repeat(100)}` },
      at(0),
    );
    await delay(FRAMES);
    reporter.close();
    expect(plain(stream.text())).toMatch(/\n {4}red x{19}…/);
  });

  it('shows the tail of a failed step when the error brings no detail, and only then', () => {
    const fail = (detail: string | undefined): string => {
      const stream = recordedStream({ isTTY: true, columns: 80 });
      const reporter = createTtyReporter(stream);
      reporter.event({ type: 'step.start', step: 'a', title: 't' }, at(0));
      for (let n = 1; n <= 25; n += 1)
        reporter.event({ type: 'step.log', step: 'a', line: `line ${n}` }, at(0));
      reporter.event({ type: 'step.end', step: 'a', outcome: 'failed' }, at(1));
      const before = stream.text().length;
      reporter.error(viewError(new CaissonError('BUILD_FAILED', 'it failed', { detail }), 'short'), at(1));
      return plain(stream.text().slice(before));
    };
    const tail = Array.from({ length: 20 }, (_, index) => `    line ${index + 6}\n`).join('');
    expect(fail(undefined)).toBe(`error: it failed\n${tail}`);
    expect(fail('the reason')).toBe('error: it failed\n    the reason\n');
  });

  it.each([undefined, 0])('comes to an end on a terminal that says it has %s columns', async (columns) => {
    const stream = recordedStream({ isTTY: true, ...(columns === undefined ? {} : { columns }) });
    const reporter = createTtyReporter(stream);
    reporter.event({ type: 'step.start', step: 'a', title: 't' }, at(0));
    await delay(FRAMES);
    reporter.event({ type: 'step.end', step: 'a', outcome: 'done' }, at(1));
    reporter.close();
    expect(stream.text().length).toBeLessThan(2000);
    expect(plain(stream.text())).toMatch(/[✔√] t {2}1\.\d s\n$/);
  });

  it('prints notes and lines of the container whole, above the spinner', () => {
    const stream = recordedStream({ isTTY: true, columns: 80 });
    const reporter = createTtyReporter(stream);
    reporter.event({ type: 'step.start', step: 'a', title: 'waiting' }, at(0));
    reporter.event({ type: 'container.log', stream: 'stdout', line: 'loaded' }, at(0));
    reporter.close();
    expect(plain(stream.text())).toContain('loaded\n');
  });
});
