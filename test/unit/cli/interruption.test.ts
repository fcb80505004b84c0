import { describe, expect, it } from 'vitest';
import { createInterruption } from '../../../src/cli/interruption.ts';

function interruption() {
  const ended: number[] = [];
  return { ended, made: createInterruption({ endNow: (exitCode) => ended.push(exitCode) }) };
}

describe('signals', () => {
  it.each([
    ['SIGINT', 'INTERRUPTED', 130],
    ['SIGTERM', 'TERMINATED', 143],
    ['SIGHUP', 'TERMINATED', 143],
  ] as const)('%s aborts with %s', (name, code, exitCode) => {
    const { made, ended } = interruption();
    made.onSignal(name);
    expect(made.signal.reason).toMatchObject({ code, exitCode });
    expect(ended).toEqual([]);
  });

  it('end at once at a second SIGINT, and not at a SIGTERM that only repeats the wish', () => {
    const { made, ended } = interruption();
    made.onSignal('SIGINT');
    made.onSignal('SIGTERM');
    expect(ended).toEqual([]);
    made.onSignal('SIGINT');
    expect(ended).toEqual([130]);
    expect(made.signal.reason).toMatchObject({ code: 'INTERRUPTED' });
  });
});

describe('readers that go away', () => {
  const broken = Object.assign(new TypeError('broken pipe'), { code: 'EPIPE' });

  it('stop the work when it was the story, and not when it was the answer', () => {
    const { made } = interruption();
    made.onBrokenAnswer(broken);
    expect(made.signal.aborted).toBe(false);
    made.onBrokenOutput(broken);
    expect(made.signal.reason).toMatchObject({ code: 'INTERRUPTED' });
  });
});
