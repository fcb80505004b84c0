import type { Lookup } from '../services.ts';
import type { Assignment } from './assignment.ts';
import { usage } from './usage.ts';

/** Go's unicode.IsSpace, which docker trims the beginning of a line with. */
const LEADING_SPACE = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/**
 * An env file by docker's own rules (docker/cli, opts/file.go): one NAME=VALUE a line, the value taken as it stands with quotes and
 * trailing spaces; `#` begins a comment only at the start of a line; a bare NAME is the caller's variable, or nothing.
 * Throws USAGE naming the file and the line.
 */
export function parseEnvFile(text: string, source: EnvFileSource): readonly Assignment[] {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  return lines.flatMap((raw, index) => {
    const line = raw.replace(/\r$/, '').replace(LEADING_SPACE, '');
    if (line === '' || line.startsWith('#')) return [];
    return parseLine(line, { ...source, number: index + 1 });
  });
}

export interface EnvFileSource {
  readonly path: string;
  readonly lookup: Lookup;
}

function parseLine(
  line: string,
  { path, number, lookup }: EnvFileSource & { readonly number: number },
): readonly Assignment[] {
  const at = line.indexOf('=');
  const name = at === -1 ? line : line.slice(0, at);
  const where = `line ${number} of '${path}'`;
  if (name === '') throw usage(`${where} has no variable name`, 'an env file holds one NAME=VALUE a line');
  if (/[\t ]/.test(name))
    throw usage(
      `${where}: variable '${name}' contains whitespace`,
      'write NAME=VALUE with no space before =',
    );
  if (at !== -1) return [{ name, value: line.slice(at + 1) }];
  const value = lookup(name);
  return value === undefined ? [] : [{ name, value }];
}
