import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReport } from '../../../../src/actions/self-test/report.ts';

const asked = {
  source: 'yours',
  path: '/predict',
  status: null,
  milliseconds: 1.5,
  problem: 'no answer',
  extra: 1,
};

describe('the report of the self-test in the image', () => {
  it('is the last line, whatever a package of the model prints before', () => {
    const line = JSON.stringify({ asked: [asked], memory_bytes: 5 });
    expect(parseReport(`hello\n{}\n${line}\n`)).toEqual({
      asked: [{ source: 'yours', path: '/predict', milliseconds: 1.5, problem: 'no answer' }],
      memoryBytes: 5,
    });
  });

  it.each(['', '\n', 'Traceback', '[]', 'null', '{"asked": []}', '{"asked": {}, "memory_bytes": 1}'])(
    'is not %j',
    (stdout) => {
      expect(parseReport(stdout)).toBeUndefined();
    },
  );

  it('holds nothing that is not known, and never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, two) => {
        const text = JSON.stringify({ asked: [one, { ...asked, source: two }], memory_bytes: 1 });
        for (const each of parseReport(text)?.asked ?? []) expect(typeof each.path).toBe('string');
      }),
    );
  });
});
