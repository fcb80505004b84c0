import type { Readable } from 'node:stream';
import { abortReason } from '../../core/errors.ts';
import { withoutUndefined } from '../../core/objects.ts';
import { ByteQueue } from '../../platform/byte-queue.ts';
import { Deadline } from '../../platform/http-deadline.ts';
import type { ArtifactBody, ArtifactPiece, Checksum } from './port.ts';

/** A dead connection ends after this time without a byte; as long as MLflow's own client waits. */
const IDLE_MS = 120_000;

/** The time and the end of one request to an SDK: it is given `signal`, and `stop` lets its connection go. */
export class Patience {
  readonly #stop = new AbortController();
  readonly deadline: Deadline;
  readonly signal: AbortSignal;

  constructor(parent: AbortSignal) {
    this.deadline = new Deadline(IDLE_MS, parent);
    this.signal = AbortSignal.any([this.deadline.signal, this.#stop.signal]);
  }

  /** Ends the time. Call it when the work is done. */
  end(): void {
    this.deadline.end();
  }

  stop(): void {
    this.end();
    this.#stop.abort();
  }
}

/** Asks for something that comes whole, such as a page of a listing. */
export async function withPatience<T>(
  parent: AbortSignal,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const patience = new Patience(parent);
  try {
    return await ask(patience.signal);
  } finally {
    patience.end();
  }
}

export interface StreamParts {
  readonly stream: Readable;
  readonly patience: Patience;
  readonly start?: 0 | undefined;
  readonly length?: number | undefined;
  readonly checksum?: Checksum | undefined;
  /** Words for what broke the stream. */
  readonly explain: (error: unknown) => string;
}

/** The body of a file as an SDK gives it. */
export function streamBody(parts: StreamParts): ArtifactBody {
  const { start, length, checksum, patience, stream } = parts;
  return {
    ...withoutUndefined({ start, length, checksum }),
    pieces: () => pieces(parts),
    discard: () => {
      letGo(stream, patience);
      return Promise.resolve();
    },
  };
}

async function* pieces({
  stream,
  patience,
  explain,
}: StreamParts): AsyncGenerator<ArtifactPiece, void, undefined> {
  const { deadline } = patience;
  const queue = queueOf(stream, patience.signal);
  try {
    for (;;) {
      deadline.touch();
      const bytes = await queue.read();
      if (bytes === undefined) return;
      yield { kind: 'bytes', bytes };
    }
  } catch (error) {
    if (!deadline.expired && deadline.parent.aborted) throw abortReason(deadline.parent);
    yield { kind: 'broken', reason: deadline.expired ? deadline.reason : explain(error) };
  } finally {
    letGo(stream, patience);
  }
}

/** One abort listener for the whole stream, and none for each piece. Not every SDK ends its stream when its signal aborts, or tells of one that was cut. */
function queueOf(stream: Readable, signal: AbortSignal): ByteQueue {
  const queue = new ByteQueue(() => stream.resume());
  const onAbort = (): void => queue.fail(new DOMException('aborted', 'AbortError'));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  stream.on('data', (bytes: Uint8Array) => {
    if (!queue.push(bytes)) stream.pause();
  });
  stream.once('end', () => queue.end());
  stream.once('error', (error) => queue.fail(error));
  stream.once('close', () => {
    signal.removeEventListener('abort', onAbort);
    queue.fail(new Error('the connection broke'));
  });
  return queue;
}

function letGo(stream: Readable, patience: Patience): void {
  patience.end();
  if (stream.readableEnded) return;
  // destroying gives an error to whoever still reads, and nobody does
  stream.on('error', () => undefined);
  patience.stop();
  stream.destroy();
}

/** Ends waiting for what does not end by itself when the signal aborts. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new DOMException('aborted', 'AbortError'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    aborted.catch(() => undefined);
    work.catch(() => undefined);
  }
}
