import { createHash } from 'node:crypto';

/**
 * What identifies templates of the user's in plan, label and tag, made as the digest of a model: for every file in order of its name, the
 * name, a NUL, the size in bytes, a NUL, and the text. Hex.
 */
export function templatesDigest(files: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256');
  for (const name of Object.keys(files).sort()) {
    const text = files[name] ?? '';
    hash.update(`${name}\0${Buffer.byteLength(text)}\0${text}`, 'utf8');
  }
  return hash.digest('hex');
}
