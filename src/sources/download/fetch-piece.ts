import { CaissonError } from '../../core/errors.ts';
import { delayAfter, sleep } from '../../platform/http-retry.ts';
import type { ArtifactBody, ByteRange, Checksum } from '../artifacts/port.ts';
import { createDigest, type RunningDigest } from './checksum.ts';
import type { Output, OutputWriter } from './output-file.ts';
import type { StoredFile } from './pieces.ts';
import type { DownloadPolicy } from './policy.ts';
import { SlowWatch } from './slow-watch.ts';

export interface PieceRequest extends StoredFile {
  readonly range: ByteRange;
  readonly output: Output;
  readonly policy: DownloadPolicy;
  readonly signal: AbortSignal;
  /** Called with the number of bytes that came; negative when an attempt is taken back. */
  readonly onBytes: (count: number) => void;
  /** Called with the position up to which the piece is on the disk. */
  readonly onSettled: (position: number) => void;
  /** What came of the piece is taken back. */
  readonly onRestart: () => void;
}

export type PieceOutcome =
  /** `checksum`: what the store says of the whole file, where that was not compared yet. */
  | { readonly kind: 'done'; readonly checksum?: Checksum }
  | { readonly kind: 'changed'; readonly reason: string };

type Attempt =
  PieceOutcome | { readonly kind: 'broken'; readonly reason: string; readonly retryAfterMs?: number };

/** An attempt that came this much further than any before is progress, and the count of attempts begins anew. */
const PROGRESS_BYTES = 256 * 1024;

/**
 * Fetches a piece, as often as it takes: goes on where it broke when the store can begin in the middle, else from the start.
 * Throws DOWNLOAD_FAILED after the last attempt, what the store throws, and the reason of the signal.
 */
export async function fetchPiece(request: PieceRequest): Promise<PieceOutcome> {
  const { policy, store, file, signal } = request;
  const fetcher = new PieceFetcher(request);
  let furthest = request.range.start;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await fetcher.attempt();
    if (outcome.kind !== 'broken') return outcome;
    if (fetcher.position >= furthest + PROGRESS_BYTES) [attempt, furthest] = [1, fetcher.position];
    if (attempt >= policy.retry.attempts)
      throw new CaissonError(
        'DOWNLOAD_FAILED',
        `the file '${file.path}' did not come whole from ${store.shown}: ${outcome.reason}`,
        { hint: 'try again; when it goes on, look at the log of the store' },
      );
    await fetcher.rewind();
    await sleep(delayAfter(policy.retry, { attempt, retryAfterMs: outcome.retryAfterMs }), signal);
  }
}

/** One piece on its way: where it is, and the digest of what is there when the whole file comes in one piece. */
class PieceFetcher {
  position: number;
  readonly #request: PieceRequest;
  readonly #writer: OutputWriter;
  readonly #end: number | undefined;
  #checksum: Checksum | undefined;
  #digest: RunningDigest | undefined;

  constructor(request: PieceRequest) {
    this.#request = request;
    this.#writer = request.output.writer();
    this.position = request.range.start;
    this.#end = request.range.end ?? request.file.size;
    this.#checksum = request.file.checksum;
    this.#startDigest();
  }

  async attempt(): Promise<Attempt> {
    const { store, file, range, signal, policy } = this.#request;
    const watch = new SlowWatch(policy.slow, signal);
    try {
      const wanted = { start: this.position, ...(range.end === undefined ? {} : { end: range.end }) };
      const outcome = await store.read(file, wanted, watch.signal);
      if (outcome.kind === 'temporary') return { ...outcome, kind: 'broken' };
      if (outcome.kind === 'changed') return outcome;
      await this.#begin(outcome.body);
      return await this.#receive(outcome.body, watch);
    } finally {
      watch.end();
    }
  }

  /** Back to the start of the piece, unless the next attempt can go on here. A mismatch of the digest went back already. */
  async rewind(): Promise<void> {
    await this.#writer.settle();
    if (this.#request.file.ranges === 'unsupported') await this.#restart();
  }

  async #begin(body: ArtifactBody): Promise<void> {
    if (body.start !== undefined && this.position > 0) {
      if (this.#request.range.start > 0) throw await this.#wholeInsteadOfPart(body);
      await this.#restart();
    }
    if (this.#checksum !== undefined || body.checksum === undefined) return;
    this.#checksum = body.checksum;
    // what came before was not taken in, so that the file is read again in the end
    if (this.position === 0) this.#startDigest();
  }

  async #wholeInsteadOfPart(body: ArtifactBody): Promise<CaissonError> {
    const { store, file } = this.#request;
    await body.discard();
    return new CaissonError(
      'DOWNLOAD_FAILED',
      `${store.shown} sends the whole of '${file.path}' when a part is asked for`,
    );
  }

  async #receive(body: ArtifactBody, watch: SlowWatch): Promise<Attempt> {
    const { file, onBytes, onSettled } = this.#request;
    const from = this.position;
    for await (const piece of watch.pieces(body)) {
      if (piece.kind === 'broken') return piece;
      const { bytes } = piece;
      if (this.#end !== undefined && this.position + bytes.byteLength > this.#end)
        return { kind: 'changed', reason: `'${file.path}' is longer than the store said` };
      await this.#writer.write(bytes, this.position);
      onSettled(this.#writer.settled);
      this.#digest?.update(bytes);
      this.position += bytes.byteLength;
      onBytes(bytes.byteLength);
    }
    await this.#writer.settle();
    onSettled(this.#writer.settled);
    const expected = this.#end ?? (body.length === undefined ? this.position : from + body.length);
    if (this.position === expected) return this.#verify();
    const came = this.position - this.#request.range.start;
    return {
      kind: 'broken',
      reason: `${came} bytes came instead of ${expected - this.#request.range.start}`,
    };
  }

  async #verify(): Promise<Attempt> {
    const checksum = this.#checksum;
    if (checksum === undefined) return { kind: 'done' };
    if (this.#digest === undefined) return { kind: 'done', checksum };
    const found = this.#digest.hex();
    if (found === checksum.value.toLowerCase()) return { kind: 'done' };
    await this.#restart();
    return { kind: 'broken', reason: `its ${checksum.algorithm} is ${found} instead of ${checksum.value}` };
  }

  async #restart(): Promise<void> {
    const { range, onBytes, onRestart } = this.#request;
    onBytes(range.start - this.position);
    onRestart();
    this.position = range.start;
    // a piece with an end shares its file with others
    if (range.end === undefined) await this.#writer.cut();
    this.#startDigest();
  }

  #startDigest(): void {
    const { range } = this.#request;
    const isWhole = range.start === 0 && range.end === undefined;
    const checksum = this.#checksum;
    this.#digest = isWhole && checksum !== undefined ? createDigest(checksum.algorithm) : undefined;
  }
}
