import { readFileSync } from 'node:fs';

/** caisson's version, from package.json: the one file that npm keeps true. Synchronous, because `--version` waits for nothing else. */
export function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return (manifest as { readonly version: string }).version;
}
