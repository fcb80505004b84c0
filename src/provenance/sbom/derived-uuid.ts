import { createHash } from 'node:crypto';

/** A UUID (version 8: made by a rule of its own) that says only what the content says: equal bills have equal ones. */
export function derivedUuid(content: string): string {
  const bytes = createHash('sha256').update(content, 'utf8').digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
