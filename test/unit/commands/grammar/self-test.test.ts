import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBytes } from '../../../../src/commands/grammar/bytes.ts';
import {
  MAX_REQUESTS_BYTES,
  parseSelfTestRequests,
} from '../../../../src/commands/grammar/self-test-requests.ts';
import { thrownBy } from '../../../support/errors.ts';

const parse = (text: string): readonly string[] => parseSelfTestRequests(Buffer.from(text), 'r.jsonl');

describe('a file of requests', () => {
  it('gives its lines as they are', () => {
    const lines = [
      '{"inputs": [1.0, 12345678901234567890], "expected": null}',
      '{"request": "a,b\\n1,2", "content_type": "text/csv; charset=utf-8", "path": "/invocations"}',
      '{"request": {"inputs": []}, "status": 400, "tolerance": 0}',
    ];
    expect(parse(`\uFEFF${lines[0] ?? ''}\r\n\n  ${lines[1] ?? ''}  \n${lines[2] ?? ''}`)).toEqual(lines);
  });

  it.each([
    ['', 'holds no request'],
    ['\n\n', 'holds no request'],
    ['{"inputs": 1}\n{', "line 2 of 'r.jsonl' is not JSON"],
    ['{"inputs": NaN}', 'is not JSON'],
    ['[1]', 'is not a JSON object'],
    ['{}', 'needs either "inputs" or "request"'],
    ['{"inputs": 1, "request": {}}', 'needs either "inputs" or "request"'],
    ['{"inputs": 1, "expects": 2}', "unknown field 'expects'"],
    ['{"inputs": 1, "__proto__": 2}', "unknown field '__proto__'"],
    ['{"inputs": 1, "toString": 2}', "unknown field 'toString'"],
    ['{"request": 1}', '1 for "request"'],
    ['{"inputs": 1, "path": "/metrics"}', '"/metrics" for "path"'],
    ['{"inputs": 1, "path": "/predict HTTP/1.1"}', 'for "path"'],
    ['{"inputs": 1, "content_type": "a/b\\r\\nX-Y: z"}', 'for "content_type"'],
    ['{"inputs": 1, "status": 99}', '99 for "status"'],
    ['{"inputs": 1, "status": "200"}', '"200" for "status"'],
    ['{"inputs": 1, "tolerance": -1}', '-1 for "tolerance"'],
  ])('refuses %j', (text, words) => {
    const error = thrownBy(() => parse(text));
    expect(error).toMatchObject({ code: 'USAGE' });
    expect(error.message).toContain(words);
  });

  it('refuses what is too much, and what is not text', () => {
    expect(thrownBy(() => parse('{"inputs": 1}\n'.repeat(1001))).message).toContain('holds 1001 requests');
    const huge = new Uint8Array(MAX_REQUESTS_BYTES + 1);
    expect(thrownBy(() => parseSelfTestRequests(huge, 'r.jsonl')).message).toContain('larger than 8 MiB');
    expect(thrownBy(() => parseSelfTestRequests(Uint8Array.of(0xff), 'r.jsonl')).message).toContain(
      'not UTF-8',
    );
  });

  it('takes any inputs, one line each', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 5 }), (values) => {
        const lines = values.map((inputs) => JSON.stringify({ inputs }));
        expect(parse(lines.join('\n'))).toEqual(lines);
      }),
    );
  });
});

describe('an amount of memory', () => {
  it.each([
    ['2g', 2 * 1024 ** 3],
    ['1.5G', 1.5 * 1024 ** 3],
    ['512m', 512 * 1024 ** 2],
    ['512MB', 512 * 1024 ** 2],
    ['10000000', 10_000_000],
    ['10000k', 10_240_000],
  ])('%s', (text, bytes) => {
    expect(parseBytes(text, 'self-test-memory')).toBe(bytes);
  });

  it.each(['', '2', '5m', '2t', '-2g', '2 g', 'g', '1e9', '99999999999g', '0x10000000'])(
    'is not %j',
    (text) => {
      expect(thrownBy(() => parseBytes(text, 'self-test-memory'))).toMatchObject({ code: 'USAGE' });
    },
  );
});
