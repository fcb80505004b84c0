import { setMaxListeners } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CaissonError, throwIfAborted } from '../../core/errors.ts';
import type { ByteRange, Checksum, RemoteFile } from '../artifacts/port.ts';
import { digestOfFile } from './checksum.ts';
import { fetchPiece, type PieceOutcome } from './fetch-piece.ts';
import { createFileOutput, createMemoryOutput, type Output } from './output-file.ts';
import { piecesOf, type StoredFile } from './pieces.ts';
import type { Arrivals } from './follow-tree.ts';
import type { DownloadPolicy } from './policy.ts';
import { runPool } from './pool.ts';
import { writeFailed } from './write-failed.ts';

export interface DownloadRequest {
  readonly files: readonly StoredFile[];
  /** Existing folder. Files that are there already are replaced. */
  readonly target: string;
  readonly signal: AbortSignal;
  /** Called with the number of bytes that came; negative when a broken attempt is taken back. */
  readonly onBytes: (count: number) => void;
  readonly policy: DownloadPolicy;
  readonly arrivals?: Arrivals;
}

/** `changed`: a file is not what was listed any more, so that the listing must be made anew. */
export type DownloadOutcome = PieceOutcome;

/**
 * Downloads files, several at a time and large ones in pieces, each streamed to disk, its length and checksum compared. The first failure
 * stops the others. Throws DOWNLOAD_FAILED, what the stores throw, and the reason of the signal; what lies in the target then is the
 * caller's to remove.
 */
export async function downloadFiles(request: DownloadRequest): Promise<DownloadOutcome> {
  const { policy } = request;
  await makeFolders(request);
  const stop = new AbortController();
  const signal = AbortSignal.any([request.signal, stop.signal]);
  // each open body listens
  setMaxListeners(0, signal);
  let changed: PieceOutcome | undefined;
  const work = async ({ download, range }: Part): Promise<void> => {
    const outcome = await download.fetch(range);
    if (outcome.kind === 'done') return;
    changed ??= outcome;
    stop.abort();
  };
  const downloads: FileDownload[] = [];
  try {
    await runPool({ items: parts({ ...request, signal }, downloads), parallel: policy.parallel, stop }, work);
  } catch (error) {
    throwIfAborted(request.signal);
    if (changed === undefined) throw error;
  } finally {
    for (const download of downloads) await download.close();
  }
  throwIfAborted(request.signal);
  return changed ?? { kind: 'done' };
}

interface Part {
  readonly download: FileDownload;
  readonly range: ByteRange;
}

/** The largest files first, so that none is left alone at the end; small ones in the order that a digest of the tree has. */
function* parts(request: DownloadRequest, downloads: FileDownload[]): Generator<Part> {
  const { pieceBytes, smallBytes } = request.policy;
  const weightOf = ({ size = Infinity }: RemoteFile): number => (size <= smallBytes ? 0 : size);
  const files = [...request.files].sort(
    ({ file: a }, { file: b }) => weightOf(b) - weightOf(a) || (a.path < b.path ? -1 : 1),
  );
  for (const stored of files) {
    const ranges = piecesOf(stored.file, pieceBytes);
    const download = new FileDownload(stored, ranges.length, request);
    if (ranges.length > 1) downloads.push(download);
    for (const range of ranges) yield { download, range };
  }
}

/** One file: opened with its first piece, closed and verified with its last. */
class FileDownload {
  readonly #stored: StoredFile;
  readonly #request: DownloadRequest;
  readonly #path: string;
  readonly #isOnly: boolean;
  #missing: number;
  /** Ends of pieces that are there, by their starts. */
  readonly #ends = new Map<number, number>();
  #whole = 0;
  #output: Promise<Output> | undefined;

  constructor(stored: StoredFile, pieces: number, request: DownloadRequest) {
    this.#stored = stored;
    this.#isOnly = pieces === 1;
    this.#missing = pieces;
    this.#request = request;
    this.#path = join(request.target, stored.file.path);
  }

  async fetch(range: ByteRange): Promise<PieceOutcome> {
    const { file } = this.#stored;
    const isOnly = this.#isOnly;
    this.#output ??= this.#createOutput();
    const output = await this.#output;
    const { policy, signal, onBytes } = this.#request;
    try {
      const onSettled = (position: number): void => {
        if (isOnly) this.#arrived(position);
      };
      const onRestart = (): void => {
        if (isOnly) this.#request.arrivals?.restarted(file.path);
      };
      const piece = { ...this.#stored, range, output, policy, signal, onBytes, onSettled, onRestart };
      const outcome = await fetchPiece(piece);
      if (outcome.kind === 'changed') return outcome;
      if (!isOnly) this.#addPiece(range);
      this.#missing -= 1;
      if (this.#missing > 0) return outcome;
      await this.close();
      if (file.size !== undefined) this.#arrived(file.size, output.parts);
      return outcome.checksum === undefined ? outcome : await this.#verify(outcome.checksum);
    } finally {
      if (isOnly) await this.close();
    }
  }

  #createOutput(): Promise<Output> {
    const { size = Infinity } = this.#stored.file;
    const isSmall = this.#isOnly && size <= this.#request.policy.smallBytes;
    return isSmall ? createMemoryOutput(this.#path) : createFileOutput(this.#path);
  }

  /** Pieces come in any order; what counts is how far they reach from the start without a gap. */
  #addPiece({ start, end = start }: ByteRange): void {
    this.#ends.set(start, end);
    for (let next = this.#ends.get(this.#whole); next !== undefined; next = this.#ends.get(this.#whole))
      this.#whole = next;
    this.#arrived(this.#whole);
  }

  #arrived(length: number, parts?: readonly Uint8Array[]): void {
    this.#request.arrivals?.arrived(this.#stored.file.path, length, parts);
  }

  async close(): Promise<void> {
    const output = this.#output;
    this.#output = undefined;
    await (await output)?.close();
  }

  /** Pieces came in any order, so that the digest needs the file again. */
  async #verify(checksum: Checksum): Promise<PieceOutcome> {
    const { path } = this.#stored.file;
    const found = await digestOfFile(this.#path, checksum.algorithm, this.#request.signal);
    if (found === checksum.value.toLowerCase()) return { kind: 'done' };
    throw new CaissonError(
      'DOWNLOAD_FAILED',
      `the file '${path}' did not come whole from ${this.#stored.store.shown}: its ${checksum.algorithm} is ${found} instead of ${checksum.value}`,
      { hint: 'try again; when it goes on, look at what stands between this machine and the store' },
    );
  }
}

async function makeFolders({ files, target }: DownloadRequest): Promise<void> {
  const folders = new Set(files.map(({ file }) => dirname(join(target, file.path))));
  for (const folder of folders) {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw writeFailed(folder, error);
    }
  }
}
