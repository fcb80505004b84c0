import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CaissonError, abortReason, isCaissonError, messageOf, throwIfAborted } from '../../core/errors.ts';
import { type RetryPolicy, delayBefore, sleep } from '../../platform/http-retry.ts';
import { artifactUrl, type ProxiedLocation, type RemoteFile } from './listing.ts';
import type { ServerApi } from './server-api.ts';

export interface DownloadRequest {
  readonly api: ServerApi;
  readonly location: ProxiedLocation;
  readonly files: readonly RemoteFile[];
  /** Existing folder. Files that are there already are replaced. */
  readonly target: string;
  readonly signal: AbortSignal;
  /** Called with the number of bytes that came (negative when a broken attempt is taken back). */
  readonly onBytes: (count: number) => void;
}

/** More gain nothing on one server and cost it workers. */
const PARALLEL = 4;

/**
 * Downloads files through the artifact proxy, a few at a time, each streamed to disk and checked for its length. The
 * first failure stops the others. Throws DOWNLOAD_FAILED, STORE_DENIED, STORE_UNREACHABLE, INTERRUPTED; what lies in
 * the target then is the caller's to remove.
 */
export async function downloadFiles(request: DownloadRequest): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([request.signal, stop.signal]);
  const queue = request.files.values();
  let failure: unknown;
  const work = async (): Promise<void> => {
    for (const file of queue) {
      if (signal.aborted) return;
      try {
        await downloadFile({ ...request, signal }, file);
      } catch (error) {
        failure ??= error;
        stop.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  throwIfAborted(request.signal);
  if (failure !== undefined) throw failure as Error;
}

async function downloadFile(request: DownloadRequest, file: RemoteFile): Promise<void> {
  const policy: RetryPolicy = request.api.http.retry;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await tryDownload(request, file);
    if (outcome.kind === 'done') return;
    request.onBytes(-outcome.received);
    if (attempt >= policy.attempts)
      throw new CaissonError(
        'DOWNLOAD_FAILED',
        `the file '${file.path}' did not come whole from ${request.api.shown}: ${outcome.reason}`,
        {
          hint: 'try again; when it goes on, look at the log of the tracking server',
        },
      );
    await sleep(delayBefore(policy, { attempt, retryAfter: undefined }), request.signal);
  }
}

type Outcome =
  | { readonly kind: 'done' }
  /** Bytes that came before it broke. */
  | { readonly kind: 'broken'; readonly reason: string; readonly received: number };

async function tryDownload(
  { api, location, target, signal, onBytes }: DownloadRequest,
  file: RemoteFile,
): Promise<Outcome> {
  const url = artifactUrl(api, { ...location, path: `${location.path}/${file.path}` });
  // a compressed answer would hide how long the file is
  const response = await api.open({ url, headers: { 'accept-encoding': 'identity' } }, signal);
  if (response.status !== 200) {
    await response.body.discard();
    throw new CaissonError(
      'DOWNLOAD_FAILED',
      `${api.shown} answered ${response.status} for the file '${file.path}'`,
    );
  }
  const expected =
    file.size ?? lengthOf(response.header('content-length'), response.header('content-encoding'));
  const path = join(target, file.path);
  let received = 0;
  const output = await openOutput(path);
  try {
    for await (const piece of response.body.pieces()) {
      if (piece.kind === 'broken') return { kind: 'broken', reason: piece.reason, received };
      await output.write(piece.bytes);
      received += piece.bytes.byteLength;
      onBytes(piece.bytes.byteLength);
    }
  } catch (error) {
    throw writeFailed(path, error, signal);
  } finally {
    await output.close();
  }
  if (expected === undefined || received === expected) return { kind: 'done' };
  return { kind: 'broken', reason: `${received} bytes came instead of ${expected}`, received };
}

async function openOutput(path: string): Promise<Awaited<ReturnType<typeof open>>> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return await open(path, 'w', 0o600);
  } catch (error) {
    throw writeFailed(path, error);
  }
}

function writeFailed(path: string, error: unknown, signal?: AbortSignal): CaissonError {
  if (signal?.aborted === true) return abortReason(signal);
  if (isCaissonError(error)) return error;
  return new CaissonError('DOWNLOAD_FAILED', `'${path}' cannot be written: ${messageOf(error)}`, {
    cause: error,
  });
}

function lengthOf(length: string | undefined, encoding: string | undefined): number | undefined {
  return length === undefined || encoding !== undefined ? undefined : Number(length);
}
