import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesField, readFields, varintField } from '../../../src/engine/protobuf.ts';
import { failureOf } from '../../support/failure.ts';

describe('protobuf', () => {
  it('reads what it writes', () => {
    const field = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(field, fc.string(), fc.bigInt({ min: 0n, max: 2n ** 63n }), (number, text, value) => {
        const message = Buffer.concat([bytesField(number, text), varintField(number, value)]);
        expect([...readFields(message)]).toEqual([
          { number, kind: 'bytes', bytes: Buffer.from(text) },
          { number, kind: 'varint', value },
        ]);
      }),
    );
  });

  it('is byte for byte what the specification shows', () => {
    expect(varintField(1, 150n).toString('hex')).toBe('089601');
    expect(bytesField(2, 'testing').toString('hex')).toBe('120774657374696e67');
  });

  it('skips fields of a fixed width', () => {
    const fixed = Buffer.from([(3 << 3) | 5, 1, 2, 3, 4, (4 << 3) | 1, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...readFields(Buffer.concat([fixed, varintField(1, 1n)]))]).toEqual([
      { number: 1, kind: 'varint', value: 1n },
    ]);
  });

  it.each(['08', '0a05', '0affffffff', '0b', '08ffffffffffffffffffffff'])('refuses %s', async (hex) => {
    const error = await failureOf(() => [...readFields(Buffer.from(hex, 'hex'))]);
    expect(error.code).toBe('ENGINE_FAILED');
  });
});
