import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { abortReason } from '../core/errors.ts';

/** `sha256:<hex>` of the content of a file, which is streamed. Rejects as node:fs does, and with the reason of the signal. */
export async function digestFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer);
  } catch (error) {
    if (signal.aborted) throw abortReason(signal);
    throw error;
  }
  return `sha256:${hash.digest('hex')}`;
}
