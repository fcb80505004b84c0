import { posix } from 'node:path';
import { usage } from './usage.ts';

/** Docker's `--tmpfs`: `/path` or `/path:options`; the later of two for one path wins. Throws USAGE. */
export function parseTmpfs(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf(':');
      const path = at === -1 ? text : text.slice(0, at);
      if (!posix.isAbsolute(path) || posix.normalize(path) === '/' || path.includes('\0'))
        throw usage(
          `'${text}' for --tmpfs is not a folder of the container`,
          'such as /tmp or /tmp:size=64m',
        );
      return [path, at === -1 ? '' : text.slice(at + 1)];
    }),
  );
}
