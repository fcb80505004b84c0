import { CaissonError } from '../core/errors.ts';

/**
 * The protobuf wire format, as far as BuildKit's trace and session messages use it
 * (protobuf.dev/programming-guides/encoding): varints and length-delimited fields; fixed-width ones are skipped.
 */
export type ProtoField =
  | { readonly number: number; readonly kind: 'varint'; readonly value: bigint }
  | { readonly number: number; readonly kind: 'bytes'; readonly bytes: Buffer };

const VARINT = 0n;
const FIXED64 = 1n;
const BYTES = 2n;
const FIXED32 = 5n;

/** The fields of a message in order. Throws ENGINE_FAILED for bytes that are no message. */
export function* readFields(message: Uint8Array): Generator<ProtoField> {
  const buffer = Buffer.from(message);
  let offset = 0;
  while (offset < buffer.length) {
    const key = readVarint(buffer, offset);
    offset = key.next;
    const number = Number(key.value >> 3n);
    const wireType = key.value & 7n;
    if (wireType === VARINT) {
      const { value, next } = readVarint(buffer, offset);
      offset = next;
      yield { number, kind: 'varint', value };
    } else if (wireType === BYTES) {
      const { value: length, next } = readVarint(buffer, offset);
      offset = next + Number(length);
      if (offset > buffer.length) throw malformed();
      yield { number, kind: 'bytes', bytes: buffer.subarray(next, offset) };
    } else if (wireType === FIXED64) {
      offset += 8;
    } else if (wireType === FIXED32) {
      offset += 4;
    } else {
      throw malformed();
    }
  }
}

/** One length-delimited field. */
export function bytesField(number: number, value: string | Uint8Array): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([varint(BigInt(number) * 8n + BYTES), varint(BigInt(bytes.length)), bytes]);
}

/** One varint field. */
export function varintField(number: number, value: bigint): Buffer {
  return Buffer.concat([varint(BigInt(number) * 8n + VARINT), varint(value)]);
}

function readVarint(buffer: Buffer, start: number): { readonly value: bigint; readonly next: number } {
  let value = 0n;
  for (let index = 0; index < 10; index += 1) {
    const byte = buffer[start + index];
    if (byte === undefined) break;
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value, next: start + index + 1 };
  }
  throw malformed();
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

function malformed(): CaissonError {
  return new CaissonError('ENGINE_FAILED', 'the engine sent a malformed BuildKit message');
}
