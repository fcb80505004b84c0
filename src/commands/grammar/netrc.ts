import { usage } from './usage.ts';

/** A login for a host, as a netrc file holds it. */
export interface NetrcEntry {
  /** Host name without port; undefined for the entry that serves all other hosts. */
  readonly machine: string | undefined;
  readonly login: string;
  readonly password: string;
}

/** What uv, pip and git all read alike without quotes: printable ASCII but `"` and `\`, and no `#` in front. */
const PLAIN = /^(?!#)[!#-[\]-~]+$/;
/** pip sends other characters in Latin-1 and uv in UTF-8, so one of them is always refused. */
const WRITABLE = /^[ -~]*$/;

/** One line an entry. Throws USAGE for a login that uv, pip and git would read differently; `machine` is named, the login is not. */
export function writeNetrc(entries: readonly NetrcEntry[]): string {
  return entries.map(line).join('');
}

function line({ machine, login, password }: NetrcEntry): string {
  const place = machine === undefined ? 'default' : `machine ${machine}`;
  if (!WRITABLE.test(login) || !WRITABLE.test(password))
    throw usage(
      `the login for '${machine ?? 'default'}' holds characters that a netrc file cannot carry`,
      'use a password or token of ASCII characters',
    );
  return `${place} login ${word(login)} password ${word(password)}\n`;
}

const word = (value: string): string =>
  PLAIN.test(value) ? value : `"${value.replace(/["\\]/g, String.raw`\$&`)}"`;

/** A word: in double quotes, or up to white space; a backslash takes the next character as it is. */
const WORD = /"(?:[^"\\]|\\.)*"?|(?:[^\s"\\]|\\.)(?:[^\s\\]|\\.)*/sy;
const SPACE = /\s*/y;
const REST_OF_LINE = /.*/y;
/** A macro ends with an empty line. */
const MACRO = /.*?(?:\n\r?\n|$)/sy;
const VALUE_KEYS: ReadonlySet<string> = new Set(['machine', 'login', 'user', 'password', 'account']);

/** The logins of a netrc file; comments, macros and accounts are passed over, and nothing is an error. */
export function parseNetrc(text: string): readonly NetrcEntry[] {
  const entries: Writable[] = [];
  let key: string | undefined;
  let at = endOf(text, 0, SPACE);
  while (at < text.length) {
    const start = at;
    at = Math.max(endOf(text, at, WORD), at + 1);
    const token = text.slice(start, at);
    if (key !== undefined) store(entries, key, unquoted(token));
    else if (token.startsWith('#')) at = endOf(text, start, REST_OF_LINE);
    else if (token === 'macdef') at = endOf(text, start, MACRO);
    else if (token === 'default') entries.push({ machine: undefined, login: '', password: '' });
    key = key === undefined && VALUE_KEYS.has(token) ? token : undefined;
    at = endOf(text, at, SPACE);
  }
  return entries;
}

type Writable = { -readonly [K in keyof NetrcEntry]: NetrcEntry[K] };

function store(entries: Writable[], key: string, value: string): void {
  const entry = entries.at(-1);
  if (key === 'machine') entries.push({ machine: value, login: '', password: '' });
  else if (entry !== undefined && key === 'password') entry.password = value;
  else if (entry !== undefined && (key === 'login' || key === 'user')) entry.login = value;
}

/** Where a sticky pattern that matches at `from` ends; `from` when it does not match. */
function endOf(text: string, from: number, pattern: RegExp): number {
  pattern.lastIndex = from;
  return from + (pattern.exec(text)?.[0].length ?? 0);
}

const unquoted = (token: string): string => token.replace(/^"(.*?)"?$/s, '$1').replace(/\\(.)/gs, '$1');
