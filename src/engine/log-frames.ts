import { CaissonError } from '../core/errors.ts';
import { LineSplitter } from './line-splitter.ts';
import type { LogLine } from './port.ts';

/** Stream kind (1 byte), three zero bytes, length of the payload (32 bits, big endian): the Engine API's attach format. */
const HEADER_LENGTH = 8;
const STDERR = 2;

interface Frame {
  readonly stream: LogLine['stream'];
  readonly payload: Uint8Array;
}

/** Lines of a container that has no terminal. Frames, lines and characters may be cut anywhere by chunks. */
export async function* readLogLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<LogLine> {
  const splitters = { stdout: new LineSplitter(), stderr: new LineSplitter() };
  for await (const { stream, payload } of readFrames(chunks)) {
    for (const line of splitters[stream].push(payload)) yield { stream, line };
  }
  for (const stream of ['stdout', 'stderr'] as const)
    for (const line of splitters[stream].flush()) yield { stream, line };
}

/** Payloads in pieces as they come: a frame of any length needs no more memory than a chunk. */
export async function* readFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  let header = Buffer.alloc(0);
  let missing = 0;
  for await (const chunk of chunks) {
    let rest = Buffer.from(chunk);
    while (rest.length > 0) {
      if (missing === 0) {
        const wanted = HEADER_LENGTH - header.length;
        header = Buffer.concat([header, rest.subarray(0, wanted)]);
        rest = rest.subarray(wanted);
        if (header.length < HEADER_LENGTH) break;
        missing = header.readUInt32BE(4);
      }
      const payload = rest.subarray(0, missing);
      rest = rest.subarray(payload.length);
      missing -= payload.length;
      if (payload.length > 0) yield { stream: streamOf(header), payload };
      if (missing === 0) header = Buffer.alloc(0);
    }
  }
}

function streamOf(header: Buffer): LogLine['stream'] {
  const kind = header.readUInt8(0);
  if (kind > STDERR)
    throw new CaissonError('ENGINE_FAILED', `the engine sent a log frame of the unknown kind ${kind}`);
  return kind === STDERR ? 'stderr' : 'stdout';
}
