import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCaissonError } from '../../../src/core/errors.ts';
import { parsePythonJson } from '../../../src/model/python-json.ts';
import { parseSignature } from '../../../src/model/signature.ts';

const inputs = (columns: unknown): unknown => parseSignature({ inputs: JSON.stringify(columns) })?.inputs;

describe('parseSignature', () => {
  it('is undefined where there is none', () => {
    expect([undefined, null, '', 'null'].map(parseSignature)).toEqual(Array(4).fill(undefined));
  });

  it('reads named columns of every scalar type', () => {
    const types = [
      'boolean',
      'integer',
      'long',
      'float',
      'double',
      'string',
      'binary',
      'datetime',
      'sparkml_vector',
    ];
    expect(inputs(types.map((type) => ({ type, name: `c_${type}`, required: true })))).toEqual({
      kind: 'columns',
      columns: types.map((name) => ({ name: `c_${name}`, type: { kind: 'scalar', name }, required: true })),
    });
  });

  it('knows optional columns in the new and the old spelling, and unnamed and numbered ones', () => {
    expect(
      inputs([
        { type: 'double', required: false },
        { type: 'double', optional: true },
        { type: 'long', name: 3 },
      ]),
    ).toEqual({
      kind: 'columns',
      columns: [
        { type: { kind: 'scalar', name: 'double' }, required: false },
        { type: { kind: 'scalar', name: 'double' }, required: false },
        { name: '3', type: { kind: 'scalar', name: 'long' }, required: true },
      ],
    });
  });

  it('reads arrays, objects, maps and any', () => {
    const column = {
      name: 'x',
      required: true,
      type: 'array',
      items: {
        type: 'object',
        properties: {
          a: { type: 'map', values: { type: 'any' }, required: false },
          b: { type: 'string', required: true },
        },
      },
    };
    expect(inputs([column])).toEqual({
      kind: 'columns',
      columns: [
        {
          name: 'x',
          required: true,
          type: {
            kind: 'array',
            items: {
              kind: 'object',
              properties: {
                a: { type: { kind: 'map', values: { kind: 'any' } }, required: false },
                b: { type: { kind: 'scalar', name: 'string' }, required: true },
              },
            },
          },
        },
      ],
    });
  });

  it('reads tensors', () => {
    const tensor = (name?: string): object => ({
      type: 'tensor',
      'tensor-spec': { dtype: 'uint8', shape: [-1, 28, 28] },
      ...(name === undefined ? {} : { name }),
    });
    expect(inputs([tensor('image'), tensor()])).toEqual({
      kind: 'tensors',
      tensors: [
        { name: 'image', dtype: 'uint8', shape: [-1, 28, 28] },
        { dtype: 'uint8', shape: [-1, 28, 28] },
      ],
    });
  });

  it("reads params, in both spellings of the type, with Python's special numbers", () => {
    const params = `[{"name": "t", "type": "double", "default": NaN, "shape": null},
      {"name": "n", "dtype": "long", "default": [1, 2], "shape": [-1]},
      {"name": "i", "type": "double", "default": -Infinity, "shape": null},
      {"name": "s", "type": "string", "default": "NaN and \\"Infinity\\"", "shape": null}]`;
    expect(parseSignature({ inputs: 'null', params })?.params).toEqual([
      { name: 't', type: { kind: 'scalar', name: 'double' }, default: NaN },
      { name: 'n', type: { kind: 'scalar', name: 'long' }, default: [1, 2], shape: [-1] },
      { name: 'i', type: { kind: 'scalar', name: 'double' }, default: -Infinity },
      { name: 's', type: { kind: 'scalar', name: 'string' }, default: 'NaN and "Infinity"' },
    ]);
  });

  it.each([
    [[{ type: 'complex' }], '"complex" is not known'],
    [[{ name: 'x' }], 'a type is missing'],
    [
      [{ type: 'tensor', 'tensor-spec': { dtype: 'f', shape: [1] } }, { type: 'double' }],
      'mix tensors and columns',
    ],
    [[{ type: 'tensor' }], 'without dtype or shape'],
    [[{ type: 'object' }], 'no properties'],
    [[{ type: 'array' }], 'not an object'],
    [['double'], 'not an object'],
    [{ type: 'double' }, 'are not a list'],
  ])('refuses %j', (columns, message) => {
    expect(() => inputs(columns)).toThrow(message);
    expect(() => inputs(columns)).toThrow(expect.objectContaining({ code: 'MODEL_BROKEN' }));
  });

  it('refuses a type nested without end', () => {
    const deep = `[${'{"type":"array","items":'.repeat(5000)}{"type":"double"}${'}'.repeat(5000)}]`;
    expect(() => parseSignature({ inputs: deep })).toThrow('nested more than');
  });

  it('throws nothing but its own errors', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.record({ inputs: fc.json(), params: fc.json() })), (value) => {
        try {
          parseSignature(value);
        } catch (error) {
          expect(isCaissonError(error)).toBe(true);
        }
      }),
    );
  });
});

describe('parsePythonJson', () => {
  it('gives what JSON.parse gives for JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parsePythonJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});
