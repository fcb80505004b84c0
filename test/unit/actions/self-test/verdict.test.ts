import { describe, expect, it } from 'vitest';
import type { Asked } from '../../../../src/actions/self-test/report.ts';
import { judge } from '../../../../src/actions/self-test/verdict.ts';

const CIRCUMSTANCES = { networkMode: 'none', missingVariables: [], expectation: 'serves' } as const;

const verdictOf = (asked: Partial<Asked>, log = '', missingVariables: readonly string[] = []) =>
  judge(
    {
      kind: 'asked',
      asked: [{ source: 'yours', path: '/invocations', milliseconds: 1, ...asked }],
      memoryBytes: 1,
      outOfMemory: false,
      log,
    },
    { ...CIRCUMSTANCES, missingVariables },
  );

describe('the verdict on an image that answers', () => {
  it('is that it failed when the answer is another than expected, whatever else is wrong', () => {
    const wrong = { status: 200, problem: 'another answer than expected', answer: '{"predictions": [1]}' };
    const log = "W tensorflow: Could not load dynamic library 'libcudart.so.11.0'";
    expect(verdictOf(wrong, log, ['OPENAI_API_KEY']).outcome).toBe('failed');
  });

  it('is that it cannot be judged when it refuses and declared variables are missing', () => {
    expect(verdictOf({ status: 400, problem: '400', answer: '401' }, '', ['A_KEY']).outcome).toBe(
      'not-runnable',
    );
    expect(verdictOf({ status: 400, problem: '400', answer: '401' }).outcome).toBe('failed');
  });

  it.each([400, 422, 500])('is that it passed when it refuses with %d what was made up', (status) => {
    expect(verdictOf({ source: 'guess', status, problem: 'refused' })).toMatchObject({
      outcome: 'passed',
      remarks: [{ type: 'warning' }],
    });
  });

  it.each([undefined, 503, 504])('is that it failed when what was made up is answered by %s', (status) => {
    const asked = { source: 'guess', problem: 'the server broke the connection off' } as const;
    expect(verdictOf({ ...asked, ...(status === undefined ? {} : { status }) }).outcome).toBe('failed');
  });
});

describe('the verdict on an image that does not become ready', () => {
  const seen = { kind: 'broken', reason: 'the container failed: bad pickle', outOfMemory: false } as const;

  it('is that it failed, whatever harmless things its log says', () => {
    const log = "Exec format error: 'helper'\nno NVIDIA driver found\ncaisson failed: bad pickle";
    expect(judge({ ...seen, log }, CIRCUMSTANCES).outcome).toBe('failed');
  });

  it('is that it cannot be tested here when its last words tell so', () => {
    const log = 'loading\nRuntimeError: Found no NVIDIA driver on your system';
    expect(judge({ ...seen, log }, CIRCUMSTANCES).outcome).toBe('not-runnable');
  });
});
