import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { framed, readMessages } from '../../../../src/engine/session/grpc.ts';
import { readOnlyMessages } from '../../../../src/engine/session/ssh-agent-filter.ts';
import { failureOf } from '../../../support/failure.ts';

/** The bytes in chunks that end at the given places. */
const cut = (bytes: Buffer, places: readonly number[]): Readable => {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const chunks = [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
  return Readable.from(chunks.filter((chunk) => chunk.length > 0));
};

async function all(source: AsyncIterable<Buffer>): Promise<readonly Buffer[]> {
  const found: Buffer[] = [];
  for await (const item of source) found.push(item);
  return found;
}

const messages = fc.array(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)));
const places = fc.array(fc.nat());

describe('messages of gRPC', () => {
  it('are the same wherever HTTP/2 cuts them', async () => {
    await fc.assert(
      fc.asyncProperty(messages, places, async (expected, ends) => {
        expect(await all(readMessages(cut(Buffer.concat(expected.map(framed)), ends)))).toEqual(expected);
      }),
    );
  });

  it.each([
    ['cut off', framed(Buffer.from('message')).subarray(0, 8)],
    ['compressed', Buffer.from([1, 0, 0, 0, 0])],
    ['too long', Buffer.from([0, 255, 255, 255, 255])],
  ])('that are %s are an error', async (_, bytes) => {
    expect((await failureOf(all(readMessages(Readable.from([bytes]))))).code).toBe('ENGINE_FAILED');
  });
});

const agentMessage = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

describe('what a build asks of an ssh agent', () => {
  it('is passed on when it lists keys or signs, and is else a message that every agent refuses', async () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((given) => Buffer.from(given));
    const asked = fc.array(fc.oneof(bytes, fc.constantFrom(Buffer.from([11]), Buffer.from([13, 1, 2]))));
    await fc.assert(
      fc.asyncProperty(asked, places, async (requests, ends) => {
        const passed = await all(readOnlyMessages(cut(Buffer.concat(requests.map(agentMessage)), ends)));
        const expected = requests.map((request) =>
          request[0] === 11 || request[0] === 13 ? agentMessage(request) : Buffer.from([0, 0, 0, 1, 0]),
        );
        expect(passed).toEqual(expected);
      }),
    );
  });

  it.each([
    ['empty', Buffer.alloc(4)],
    ['longer than agents take', Buffer.from([0, 4, 0, 1, 11])],
  ])('is an error when it is %s', async (_, bytes) => {
    expect((await failureOf(all(readOnlyMessages(Readable.from([bytes]))))).code).toBe('ENGINE_FAILED');
  });
});
