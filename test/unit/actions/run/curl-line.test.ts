import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactJson } from '../../../../src/actions/compact-json.ts';
import { curlLine, type CurlInput } from '../../../../src/actions/run/curl-line.ts';
import { firstRow } from '../../../../src/actions/run/first-row.ts';
import { shellQuote } from '../../../../src/actions/run/shell-quote.ts';

/** What a shell makes of a word, through printf. */
function shellWord(quoted: string): string {
  return execFileSync('sh', ['-c', `printf %s ${quoted}`], { encoding: 'utf8' });
}

describe('shellQuote', () => {
  it.each(['plain', "it's", '', ' ', '$HOME `id` \\ "x" !', "'", "''", 'a\nb', '*', '~', '-n', 'ü€'])(
    '%j',
    (text) => {
      expect(shellWord(shellQuote(text))).toBe(text);
    },
  );

  it('gives any word back', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
        (text) => {
          expect(shellWord(shellQuote(text))).toBe(text);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('compactJson', () => {
  it('keeps every token as it is spelled', () => {
    expect(compactJson('{ "a b" : [ 1.0 ,\n 12345678901234567890 ], "c\\" d": " x " }')).toBe(
      '{"a b":[1.0,12345678901234567890],"c\\" d":" x "}',
    );
  });

  it('means the same as before', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const spaced = JSON.stringify(JSON.parse(text), undefined, 3);
        expect(JSON.parse(compactJson(spaced))).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('firstRow', () => {
  it.each([
    [
      { dataframe_split: { index: [0, 1], columns: ['a'], data: [[1], [2]] } },
      { dataframe_split: { columns: ['a'], index: [0], data: [[1]] } },
    ],
    [{ dataframe_records: [{ a: 1 }, { a: 2 }] }, { dataframe_records: [{ a: 1 }] }],
    [{ instances: [1, 2] }, { instances: [1] }],
    [{ inputs: { a: [1, 2], b: [3, 4] } }, { inputs: { a: [1], b: [3] } }],
    [
      { inputs: [[1], [2]], params: { k: [1, 2] } },
      { inputs: [[1]], params: { k: [1, 2] } },
    ],
    [{ inputs: { a: 1 } }, { inputs: { a: 1 } }],
    [{ messages: [1, 2] }, { messages: [1, 2] }],
  ])('%j', (body, cut) => {
    expect(firstRow(body)).toEqual(cut);
  });
});

describe('the curl line', () => {
  const url = 'http://127.0.0.1:5001';
  const line = (more: Partial<CurlInput>): string =>
    curlLine({ url, servingExample: undefined, mlmodel: undefined, ...more });
  /** The body that a shell would hand to curl. */
  const body = (more: Partial<CurlInput>): unknown => {
    const script = line(more).replace(/^curl/, 'set --').concat('; printf %s "$6"');
    return JSON.parse(execFileSync('sh', ['-c', script], { encoding: 'utf8' }));
  };
  /** JSON is YAML too. */
  const mlmodel = (inputs: unknown): string =>
    JSON.stringify({
      flavors: { python_function: { loader_module: 'mlflow.sklearn' } },
      signature: { inputs: JSON.stringify(inputs) },
    });

  it('sends the example of the model to /invocations', () => {
    const servingExample = '{"dataframe_split": {"columns": ["it\'s"], "data": [[1.0], [2.0]]}}';
    expect(line({ servingExample })).toMatch(/ http:\/\/127\.0\.0\.1:5001\/invocations$/);
    expect(body({ servingExample })).toEqual({ dataframe_split: { columns: ["it's"], data: [[1], [2]] } });
  });

  it('sends the first row of a long example', () => {
    const servingExample = JSON.stringify({ inputs: Array.from({ length: 1000 }, (_, n) => [n, n]) });
    expect(body({ servingExample })).toEqual({ inputs: [[0, 0]] });
  });

  it('makes a row of the signature when the example is absent, broken or too long', () => {
    const columns = [
      { type: 'double', name: 'length', required: true },
      { type: 'string', name: 'colour', required: true },
    ];
    const expected = { dataframe_split: { columns: ['length', 'colour'], data: [[0.5, 'text']] } };
    expect(body({ mlmodel: mlmodel(columns) })).toEqual(expected);
    expect(body({ mlmodel: mlmodel(columns), servingExample: '{"inputs": NaN}' })).toEqual(expected);
    const long = JSON.stringify({ inputs: ['x'.repeat(3000)] });
    expect(body({ mlmodel: mlmodel(columns), servingExample: long })).toEqual(expected);
  });

  it('fills tensors by shape and type', () => {
    const one = [{ type: 'tensor', 'tensor-spec': { dtype: 'float64', shape: [-1, 4] } }];
    expect(body({ mlmodel: mlmodel(one) })).toEqual({ inputs: [[0.5, 0.5, 0.5, 0.5]] });
    const two = [
      { name: 'a', type: 'tensor', 'tensor-spec': { dtype: 'int64', shape: [-1] } },
      { name: 'b', type: 'tensor', 'tensor-spec': { dtype: 'bool', shape: [-1, 2] } },
    ];
    expect(body({ mlmodel: mlmodel(two) })).toEqual({ inputs: { a: [1], b: [[true, true]] } });
  });

  it('is the general one for what cannot be shown', () => {
    const image = [{ type: 'tensor', 'tensor-spec': { dtype: 'float32', shape: [-1, 3, 224, 224] } }];
    const general = `curl -X POST -H 'Content-Type: application/json' -d '{"inputs": [[5.1, 3.5, 1.4, 0.2]]}' ${url}/predict`;
    expect(line({})).toBe(general);
    expect(line({ mlmodel: mlmodel(image) })).toBe(general);
    expect(line({ mlmodel: 'not: [yaml' })).toBe(general);
    expect(line({ servingExample: '7' })).toBe(general);
  });
});
