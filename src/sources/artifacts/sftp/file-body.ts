import { abortReason, messageOf } from '../../../core/errors.ts';
import type { ArtifactBody, ArtifactPiece } from '../port.ts';
import { Patience, unlessAborted } from '../stream-body.ts';
import type { SftpSession } from './session.ts';

export interface OpenedFile {
  readonly session: SftpSession;
  readonly handle: Buffer;
  readonly start: number;
  /** undefined: to the end of the file, wherever that is. */
  readonly end: number | undefined;
  readonly signal: AbortSignal;
}

/** What every server gives at once. */
const CHUNK = 32 * 1024;
/** 2 MiB on their way hide the time that an answer takes. */
const AHEAD = 64;

/** The bytes of an open file: several reads are on their way at a time, and given in their order. */
export function fileBody(file: OpenedFile): ArtifactBody {
  const { start, end, session, handle } = file;
  return {
    ...(end === undefined ? {} : { length: Math.max(0, end - start) }),
    pieces: () => pieces(file),
    discard: () => {
      session.close(handle);
      return Promise.resolve();
    },
  };
}

async function* pieces(file: OpenedFile): AsyncGenerator<ArtifactPiece, void, undefined> {
  const { session, handle, signal } = file;
  const patience = new Patience(signal);
  const reads = plannedReads(file);
  const ahead: Read[] = [];
  try {
    for (;;) {
      while (ahead.length < AHEAD) {
        const { value: read, done } = reads.next();
        if (done === true) break;
        ahead.push(start(file, read));
      }
      const read = ahead.shift();
      if (read === undefined) return;
      for await (const bytes of wholeRead(file, read, patience)) {
        if (bytes === undefined) return;
        yield { kind: 'bytes', bytes };
      }
    }
  } catch (error) {
    if (!patience.deadline.expired && signal.aborted) throw abortReason(signal);
    const { expired, reason } = patience.deadline;
    yield { kind: 'broken', reason: expired ? reason : messageOf(error) };
  } finally {
    patience.end();
    session.close(handle);
  }
}

interface Planned {
  readonly offset: number;
  readonly length: number;
}

interface Read extends Planned {
  readonly answer: Promise<Buffer | undefined>;
}

function* plannedReads({ start, end = Infinity }: OpenedFile): Generator<Planned, void, undefined> {
  for (let offset = start; offset < end; offset += CHUNK)
    yield { offset, length: Math.min(CHUNK, end - offset) };
}

function start({ session, handle }: OpenedFile, { offset, length }: Planned): Read {
  const answer = session.read(handle, offset, length);
  // it may be that nobody comes to wait for it
  answer.catch(() => undefined);
  return { offset, length, answer };
}

/** The bytes of one read, asked for again where fewer came; undefined at the end of the file. */
async function* wholeRead(
  file: OpenedFile,
  read: Read,
  patience: Patience,
): AsyncGenerator<Buffer | undefined, void, undefined> {
  let { offset, length, answer } = read;
  for (;;) {
    patience.deadline.touch();
    const bytes = await unlessAborted(answer, patience.signal);
    yield bytes === undefined || bytes.length === 0 ? undefined : bytes;
    if (bytes === undefined || bytes.length >= length) return;
    offset += bytes.length;
    length -= bytes.length;
    ({ answer } = start(file, { offset, length }));
  }
}
