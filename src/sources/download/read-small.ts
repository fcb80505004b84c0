import { CaissonError } from '../../core/errors.ts';
import { delayAfter, sleep } from '../../platform/http-retry.ts';
import type { StoredFile } from './pieces.ts';
import type { DownloadPolicy } from './policy.ts';
import { SlowWatch } from './slow-watch.ts';

type Attempt =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'changed'; readonly reason: string }
  | { readonly kind: 'broken'; readonly reason: string; readonly retryAfterMs?: number };

/** Larger ones are not read by this way. */
export const MAX_SMALL_BYTES = 32 * 1024 * 1024;

/**
 * The whole content of a small file. `changed` when it is not what was listed any more.
 * Throws DOWNLOAD_FAILED, what the store throws, and the reason of the signal.
 */
export async function readSmallFile(
  stored: StoredFile,
  { retry, slow }: DownloadPolicy,
  signal: AbortSignal,
): Promise<Exclude<Attempt, { readonly kind: 'broken' }>> {
  for (let attempt = 1; ; attempt += 1) {
    const watch = new SlowWatch(slow, signal);
    const outcome = await readOnce(stored, watch).finally(() => watch.end());
    if (outcome.kind !== 'broken') return outcome;
    if (attempt >= retry.attempts)
      throw new CaissonError(
        'DOWNLOAD_FAILED',
        `the file '${stored.file.path}' did not come whole from ${stored.store.shown}: ${outcome.reason}`,
        { hint: 'try again; when it goes on, look at the log of the store' },
      );
    await sleep(delayAfter(retry, { attempt, retryAfterMs: outcome.retryAfterMs }), signal);
  }
}

async function readOnce({ store, file }: StoredFile, watch: SlowWatch): Promise<Attempt> {
  const outcome = await store.read(file, { start: 0 }, watch.signal);
  if (outcome.kind === 'temporary') return { ...outcome, kind: 'broken' };
  if (outcome.kind === 'changed') return outcome;
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of watch.pieces(outcome.body)) {
    if (piece.kind === 'broken') return piece;
    size += piece.bytes.byteLength;
    if (size > (file.size ?? MAX_SMALL_BYTES))
      return { kind: 'changed', reason: `'${file.path}' is longer than the store said` };
    pieces.push(piece.bytes);
  }
  const expected = file.size ?? outcome.body.length ?? size;
  if (size !== expected) return { kind: 'broken', reason: `${size} bytes came instead of ${expected}` };
  return { kind: 'bytes', bytes: Buffer.concat(pieces) };
}
