import { CaissonError } from '../../core/errors.ts';

/*
 * The agent protocol (draft-ietf-sshm-ssh-agent): a message is its length in four bytes, its type in one, and its content; an
 * agent answers each in order.
 */

const LENGTH_BYTES = 4;
/** Bytes; OpenSSH's own limit. */
const MAX_MESSAGE = 256 * 1024;
/** What a build may ask: which keys there are, and a signature. Not: to add, remove or lock keys. */
const ALLOWED: ReadonlySet<number> = new Set([11, 13]);
/** A message of a reserved type, which every agent answers with a failure: in its turn, so that answers stay in order. */
const REFUSED = Buffer.from([0, 0, 0, 1, 0]);

/** What goes from a build to the agent, with every message that would change the agent replaced by one that it refuses. */
export async function* readOnlyMessages(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    held = Buffer.concat([held, chunk]);
    while (held.length >= LENGTH_BYTES) {
      const length = held.readUInt32BE(0);
      if (length === 0 || length > MAX_MESSAGE)
        throw new CaissonError('ENGINE_FAILED', 'the build sent a malformed message to the ssh agent');
      const end = LENGTH_BYTES + length;
      if (held.length < end) break;
      yield ALLOWED.has(held.readUInt8(LENGTH_BYTES)) ? held.subarray(0, end) : REFUSED;
      held = held.subarray(end);
    }
  }
}
