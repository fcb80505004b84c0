import type { RetryPolicy } from '../../platform/http-retry.ts';

/** How files are fetched. */
export interface DownloadPolicy {
  /** Bodies that are open at once. */
  readonly parallel: number;
  /** Files of more than two such pieces are fetched in pieces, where the store can begin in the middle. */
  readonly pieceBytes: number;
  /** Smaller files are put together in memory, of which as many exist as bodies are open. */
  readonly smallBytes: number;
  readonly retry: RetryPolicy;
  readonly slow: SlowPolicy;
}

/** A body that brings less than this over the whole window is given up, as if it had broken: the connection lives, the download does not. */
export interface SlowPolicy {
  readonly bytesPerSecond: number;
  readonly windowMs: number;
}

const MIB = 1024 * 1024;

/** Bytes go from the body to the disk as they come, so that memory does not grow with pieces or files. */
export const DOWNLOAD_POLICY: DownloadPolicy = {
  parallel: 8,
  pieceBytes: 32 * MIB,
  smallBytes: MIB,
  retry: { attempts: 5, baseDelayMs: 500, maxDelayMs: 30_000 },
  slow: { bytesPerSecond: 1024, windowMs: 30_000 },
};
