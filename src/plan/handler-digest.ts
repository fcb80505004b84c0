import { createHash } from 'node:crypto';

/** What identifies a handler in plan, label and tag: what `sha256sum handler.py` prints. */
export function handlerDigest(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
