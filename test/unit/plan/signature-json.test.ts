import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSignature } from '../../../src/model/signature.ts';
import { signatureJson } from '../../../src/plan/signature-json.ts';
import { runs } from '../../support/runs.ts';

const INPUTS = [
  { type: 'double', name: 'a', required: true },
  { type: 'array', items: { type: 'map', values: { type: 'string' } }, name: 'b', required: false },
  { type: 'object', properties: { x: { type: 'any', required: false } }, name: 'c', required: true },
];
const OUTPUTS = [{ type: 'tensor', 'tensor-spec': { dtype: 'float64', shape: [-1, 4] }, name: 'y' }];
const PARAMS = [{ name: 'p', default: 0.5, shape: null, type: 'double' }];

describe('signatureJson', () => {
  it('writes what MLflow wrote', () => {
    const written = { inputs: INPUTS, outputs: OUTPUTS, params: PARAMS };
    const parsed = parseSignature({
      inputs: JSON.stringify(INPUTS),
      outputs: JSON.stringify(OUTPUTS),
      params: JSON.stringify(PARAMS),
    });
    expect(JSON.parse(signatureJson(parsed!))).toEqual(written);
  });

  it('is one line whatever the columns are called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const json = signatureJson({
          inputs: { kind: 'columns', columns: [{ name, type: { kind: 'any' }, required: true }] },
          params: [],
        });
        expect(json).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029]/u);
        expect(JSON.parse(json)).toEqual({ inputs: [{ type: 'any', name, required: true }] });
      }),
      { numRuns: runs(1000) },
    );
  });
});
