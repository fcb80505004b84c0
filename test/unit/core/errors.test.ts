import { describe, expect, it } from 'vitest';
import { ERROR_TABLE, type ErrorEntry } from '../../../src/core/error-table.ts';
import { abortReason, CaissonError, messageOf, throwIfAborted } from '../../../src/core/errors.ts';
import { runStep, type CaissonEvent } from '../../../src/core/events.ts';
import { withoutUndefined } from '../../../src/core/objects.ts';
import { codeOf } from '../../support/errors.ts';

describe('the error table', () => {
  it('uses only the exit codes of the design', () => {
    // 10: diff found differences, which is no failure
    const known = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 130, 143];
    expect(
      Object.values<ErrorEntry>(ERROR_TABLE).filter(({ exitCode }) => !known.includes(exitCode)),
    ).toEqual([]);
  });

  it('words meanings and hints in lower case without a full stop', () => {
    const texts = Object.values<ErrorEntry>(ERROR_TABLE).flatMap(({ meaning, hint }) => [
      meaning,
      hint ?? 'x',
    ]);
    expect(texts.filter((text) => /^[A-Z][a-z]/.test(text) || text.endsWith('.'))).toEqual([]);
  });
});

describe('CaissonError', () => {
  it('has the exit code and the hint of its code, or a better hint', () => {
    expect(new CaissonError('PORT_IN_USE', 'port 5001 is taken')).toMatchObject({
      exitCode: 4,
      hint: 'choose another with -p HOST:5001',
    });
    expect(new CaissonError('PORT_IN_USE', 'x', { hint: 'better' }).hint).toBe('better');
  });

  it('keeps the cause', () => {
    const cause = new TypeError('below');
    expect(new CaissonError('INTERNAL', 'above', { cause }).cause).toBe(cause);
    expect(messageOf(new CaissonError('INTERNAL', 'above', { cause }))).toBe('above: below');
    expect(messageOf('text')).toBe('text');
  });
});

describe('aborted signals', () => {
  it('throw the CaissonError that is their reason, and INTERRUPTED for any other', () => {
    const controller = new AbortController();
    expect(
      codeOf(() => {
        throwIfAborted(controller.signal);
      }),
    ).toBeUndefined();
    controller.abort(new CaissonError('TERMINATED', 'terminated'));
    expect(
      codeOf(() => {
        throwIfAborted(controller.signal);
      }),
    ).toBe('TERMINATED');
    expect(abortReason(AbortSignal.abort()).code).toBe('INTERRUPTED');
  });
});

describe('runStep', () => {
  it('tells start, progress and end, with the last note', async () => {
    const events: CaissonEvent[] = [];
    const result = await runStep(
      (event) => events.push(event),
      { step: 's', title: 'title' },
      (step) => {
        step.log('line');
        step.progress({ done: 1, total: 2, unit: 'items' });
        step.note('first');
        step.note('last');
        return Promise.resolve(42);
      },
    );
    expect(result).toBe(42);
    expect(events).toEqual([
      { type: 'step.start', step: 's', title: 'title' },
      { type: 'step.log', step: 's', line: 'line' },
      { type: 'step.progress', step: 's', done: 1, total: 2, unit: 'items' },
      { type: 'step.end', step: 's', outcome: 'done', note: 'last' },
    ]);
  });

  it('tells a failure and passes it on', async () => {
    const events: CaissonEvent[] = [];
    const failure = new CaissonError('BUILD_FAILED', 'x');
    const work = runStep(
      (event) => events.push(event),
      { step: 's', title: 't' },
      () => Promise.reject(failure),
    );
    await expect(work).rejects.toBe(failure);
    expect(events.at(-1)).toEqual({ type: 'step.end', step: 's', outcome: 'failed' });
  });
});

it('withoutUndefined drops undefined and nothing else', () => {
  expect(Object.keys(withoutUndefined({ a: undefined, b: null, c: 0, d: '', e: false }))).toEqual([
    'b',
    'c',
    'd',
    'e',
  ]);
});
