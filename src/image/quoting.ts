import { CaissonError } from '../core/errors.ts';
import { lineBreaker } from '../model/one-line-text.ts';

/**
 * A value of ENV or LABEL as one double-quoted word. The builder's word reader (moby's dockerfile/shell/lex.go) gives a meaning to
 * `\`, `"` and `$` there and to nothing else.
 */
export function dockerfileWord(value: string): string {
  return `"${oneLine(value).replace(/[\\"$]/g, '\\$&')}"`;
}

/** A word of a POSIX shell, quoted when it needs it: nothing has a meaning between single quotes. */
export function shellWord(value: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(value)) return value;
  return `'${oneLine(value).replaceAll("'", `'\\''`)}'`;
}

/** The plan has refused such values with a better message; this is the last line of defence of the files. */
export function oneLine(value: string): string {
  const character = lineBreaker(value);
  if (character === undefined) return value;
  throw new CaissonError(
    'INTERNAL',
    `the character ${character} came as far as a template in ${JSON.stringify(value)}`,
  );
}
