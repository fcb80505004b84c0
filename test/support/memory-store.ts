import type {
  ArtifactPiece,
  ArtifactStore,
  ByteRange,
  ReadOutcome,
  RemoteFile,
} from '../../src/sources/artifacts/port.ts';

interface MemoryRead {
  readonly path: string;
  readonly range: ByteRange;
  /** From 1: how often this file was read so far. */
  readonly count: number;
}

/** What a read does instead of giving the asked bytes: an outcome, or pieces. */
type MemoryAnswer = ReadOutcome | readonly ArtifactPiece[] | undefined;

export interface MemoryStoreOptions {
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** What the listing says of each file besides its size; `supported` ranges unless told. */
  readonly facts?: Partial<RemoteFile>;
  readonly pieceBytes?: number;
  readonly answer?: (read: MemoryRead, bytes: Uint8Array) => MemoryAnswer;
}

export interface MemoryStore extends ArtifactStore {
  readonly reads: readonly MemoryRead[];
  readonly listed: readonly RemoteFile[];
}

/** An artifact store in memory that does what a test tells it. */
export function memoryStore({ files, facts = {}, pieceBytes = 7, answer }: MemoryStoreOptions): MemoryStore {
  const reads: MemoryRead[] = [];
  const listed = Object.entries(files).map(([path, content]): RemoteFile => ({
    path,
    size: content.byteLength,
    ranges: 'supported',
    ...facts,
  }));
  return {
    shown: 'the store of the test',
    reads,
    listed,
    list: () => Promise.resolve(listed),
    read: ({ path }, range) => {
      const read = { path, range, count: reads.filter((each) => each.path === path).length + 1 };
      reads.push(read);
      const bytes = (files[path] ?? new Uint8Array()).subarray(range.start, range.end);
      const told = answer?.(read, bytes);
      if (told !== undefined && 'kind' in told) return Promise.resolve(told);
      return Promise.resolve(
        bodyOf(told ?? piecesOf(bytes, pieceBytes), told ? undefined : bytes.byteLength),
      );
    },
    close: () => Promise.resolve(),
  };
}

export const bytesPiece = (bytes: Uint8Array): ArtifactPiece => ({ kind: 'bytes', bytes });
export const brokenPiece: ArtifactPiece = { kind: 'broken', reason: 'the connection was reset' };

export function bodyOf(pieces: readonly ArtifactPiece[], length?: number): ReadOutcome {
  return {
    kind: 'body',
    body: {
      ...(length === undefined ? {} : { length }),
      // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous, memory is not
      async *pieces() {
        yield* pieces;
      },
      discard: () => Promise.resolve(),
    },
  };
}

function piecesOf(bytes: Uint8Array, pieceBytes: number): readonly ArtifactPiece[] {
  return Array.from({ length: Math.ceil(bytes.byteLength / pieceBytes) }, (_, index) =>
    bytesPiece(bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes)),
  );
}
