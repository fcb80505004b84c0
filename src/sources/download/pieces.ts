import type { ArtifactStore, ByteRange, RemoteFile } from '../artifacts/port.ts';

/** A file and the store that has it. */
export interface StoredFile {
  readonly store: ArtifactStore;
  readonly file: RemoteFile;
}

/**
 * The parts that a file is fetched in: one that goes to its end, or several with an end each when it is large and its store can begin in
 * the middle as often as it is asked. Together they are the whole file, without overlap.
 */
export function piecesOf({ size, ranges }: RemoteFile, pieceBytes: number): readonly ByteRange[] {
  if (ranges !== 'supported' || size === undefined || size <= 2 * pieceBytes) return [{ start: 0 }];
  return Array.from({ length: Math.ceil(size / pieceBytes) }, (_, index) => ({
    start: index * pieceBytes,
    end: Math.min((index + 1) * pieceBytes, size),
  }));
}
