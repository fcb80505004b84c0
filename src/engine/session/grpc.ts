import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { CaissonError } from '../../core/errors.ts';
import { readFields } from '../protobuf.ts';

/*
 * As much of a gRPC server as BuildKit needs of its client: HTTP/2 streams whose messages have a prefix of five bytes, and a
 * status in the trailers.
 */

/** One call of the other side. */
export interface GrpcCall {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
}

/** What a service answers, by path such as `/grpc.health.v1.Health/Check`. */
export type GrpcMethods = Readonly<Record<string, (call: GrpcCall) => Promise<void> | void>>;

export const GRPC_STATUS = { ok: '0', notFound: '5', unimplemented: '12', unavailable: '14' } as const;

const RESPONSE = { ':status': 200, 'content-type': 'application/grpc' } as const;
/** Compression flag (1 byte) and length (4 bytes) in front of each message. */
const PREFIX_LENGTH = 5;
/** Bytes. The other side sends names, and parts of 32 KiB of what goes to an ssh agent. */
const MAX_MESSAGE = 1024 * 1024;

/** The messages of a call, however HTTP/2 cut them into frames. Throws ENGINE_FAILED for what is no message. */
export async function* readMessages(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    held = Buffer.concat([held, chunk]);
    while (held.length >= PREFIX_LENGTH) {
      const length = held.readUInt32BE(1);
      if (held[0] !== 0 || length > MAX_MESSAGE) throw malformed();
      const end = PREFIX_LENGTH + length;
      if (held.length < end) break;
      yield held.subarray(PREFIX_LENGTH, end);
      held = held.subarray(end);
    }
  }
  if (held.length > 0) throw malformed();
}

/** The single message of a unary call; an empty one stands for a missing one. */
export async function readRequest(stream: ServerHttp2Stream): Promise<Buffer> {
  let request: Buffer = Buffer.alloc(0);
  for await (const message of readMessages(stream)) request = message;
  return request;
}

/** Field 1 of a request as text: the host or id that is asked for; empty when it is absent. */
export function nameIn(request: Uint8Array): string {
  for (const field of readFields(request))
    if (field.number === 1 && field.kind === 'bytes') return field.bytes.toString('utf8');
  return '';
}

/** A message with its prefix. */
export function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(PREFIX_LENGTH);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** Begins a successful answer; it is complete when the stream is ended. */
export function beginAnswer(stream: ServerHttp2Stream): void {
  stream.respond(RESPONSE, { waitForTrailers: true });
  stream.on('wantTrailers', () => {
    stream.sendTrailers({ 'grpc-status': GRPC_STATUS.ok });
  });
}

/** The whole answer of a unary call. */
export function reply(stream: ServerHttp2Stream, message: Buffer): void {
  beginAnswer(stream);
  stream.end(framed(message));
}

/** An answer that is only a status. The message is for the log of the build: printable ASCII. */
export function refuse(stream: ServerHttp2Stream, status: string, message: string): void {
  stream.respond({ ...RESPONSE, 'grpc-status': status, 'grpc-message': message }, { endStream: true });
}

function malformed(): CaissonError {
  return new CaissonError('ENGINE_FAILED', 'the engine sent a malformed gRPC message');
}
