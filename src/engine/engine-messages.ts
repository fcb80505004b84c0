import { abortReason, type CaissonError } from '../core/errors.ts';
import { withoutUndefined } from '../core/objects.ts';
import { isRecord, textOf } from './json-values.ts';
import { readNdjson } from './ndjson.ts';

/** One line of a build, push or pull stream, as far as caisson looks at it. */
export interface EngineMessage {
  /** Output of the classic builder; may be a piece of a line. */
  readonly stream?: string;
  readonly status?: string;
  /** Of a layer, or the kind of aux (`moby.buildkit.trace`, `moby.image.id`). */
  readonly id?: string;
  readonly current?: number;
  readonly total?: number;
  readonly aux?: unknown;
}

export interface MessageReader {
  readonly signal: AbortSignal;
  /** The error for an `error` line of the stream. */
  readonly onErrorLine: (message: string) => CaissonError;
  /** The error for a connection that broke. */
  readonly onBroken: (cause: unknown) => CaissonError;
}

/**
 * Reads a stream to one of its four ends: all data read; an error line, which an engine sends with status 200;
 * a broken connection; an abort. Only the first returns, the others throw.
 */
export async function* readEngineMessages(
  chunks: AsyncIterable<Uint8Array>,
  { signal, onErrorLine, onBroken }: MessageReader,
): AsyncGenerator<EngineMessage> {
  for await (const value of readNdjson(guard(chunks, signal, onBroken))) {
    if (!isRecord(value)) continue;
    const failure = errorOf(value);
    if (failure !== undefined) throw onErrorLine(failure);
    yield messageOf(value);
  }
  if (signal.aborted) throw abortReason(signal);
}

async function* guard(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  onBroken: (cause: unknown) => CaissonError,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of chunks) {
      if (signal.aborted) throw abortReason(signal);
      yield chunk;
    }
  } catch (error) {
    throw signal.aborted ? abortReason(signal) : onBroken(error);
  }
}

/** `errorDetail.message` is the newer form of `error`; both stand in the line. */
function errorOf(value: Readonly<Record<string, unknown>>): string | undefined {
  const detail = value['errorDetail'];
  return (isRecord(detail) ? textOf(detail['message']) : undefined) ?? textOf(value['error']);
}

function messageOf(value: Readonly<Record<string, unknown>>): EngineMessage {
  const detail = value['progressDetail'];
  const { current, total } = isRecord(detail) ? detail : {};
  return withoutUndefined({
    stream: textOf(value['stream']),
    status: textOf(value['status']),
    id: textOf(value['id']),
    current: typeof current === 'number' ? current : undefined,
    total: typeof total === 'number' ? total : undefined,
    aux: value['aux'],
  });
}
