import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Checksum } from '../artifacts/port.ts';
import { Crc32c } from './crc32c.ts';

/** Takes bytes in and gives their digest in hex. */
export interface RunningDigest {
  update(bytes: Uint8Array): void;
  hex(): string;
}

export function createDigest(algorithm: Checksum['algorithm']): RunningDigest {
  if (algorithm === 'crc32c') return new Crc32c();
  const hash = createHash(algorithm);
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
}

const CHUNK_BYTES = 1024 * 1024;

/** The digest of a file of this machine. Rejects as node:fs does. */
export async function digestOfFile(
  path: string,
  algorithm: Checksum['algorithm'],
  signal: AbortSignal,
): Promise<string> {
  const digest = createDigest(algorithm);
  const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES, signal });
  for await (const chunk of stream as AsyncIterable<Buffer>) digest.update(chunk);
  return digest.hex();
}
