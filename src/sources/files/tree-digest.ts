import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { CaissonError, abortReason, messageOf } from '../../core/errors.ts';
import type { ModelFile } from '../../model/resolved-model.ts';

export interface DigestRequest {
  readonly folder: string;
  /** Sorted by path. */
  readonly files: readonly ModelFile[];
  readonly signal: AbortSignal;
  /** Called with the bytes read so far. */
  readonly onBytes: (done: number) => void;
}

const CHUNK_BYTES = 1024 * 1024;

/**
 * `sha256:<hex>` of a tree of files: for every file in order of its path, the hash takes in the path in UTF-8, a
 * NUL, the size in decimal digits, a NUL, and the content. Neither times, owners, modes nor empty folders count. No
 * path holds a NUL and the size says where a content ends, so different trees give different inputs.
 * Throws MODEL_BROKEN when a file cannot be read or changes meanwhile.
 */
export async function digestTree({ folder, files, signal, onBytes }: DigestRequest): Promise<string> {
  const hash = createHash('sha256');
  let done = 0;
  for (const file of files) {
    hash.update(fileHeader(file), 'utf8');
    const start = done;
    try {
      const stream = createReadStream(join(folder, file.path), { highWaterMark: CHUNK_BYTES, signal });
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        hash.update(chunk);
        done += chunk.byteLength;
        onBytes(done);
      }
    } catch (error) {
      if (signal.aborted) throw abortReason(signal);
      throw new CaissonError(
        'MODEL_BROKEN',
        `the file '${file.path}' of the model cannot be read: ${messageOf(error)}`,
      );
    }
    if (done - start !== file.size)
      throw new CaissonError(
        'MODEL_BROKEN',
        `the file '${file.path}' of the model changed while it was read`,
        {
          hint: 'wait until the model is written completely and try again',
        },
      );
  }
  return `sha256:${hash.digest('hex')}`;
}

/** What the digest takes in before the content of a file. */
export const fileHeader = ({ path, size }: ModelFile): string => `${path}\0${size}\0`;
