import type { NetrcEntry } from './netrc.ts';
import { usage } from './usage.ts';

/** A package index as it may stand in a Dockerfile, and the login that must not. */
export interface IndexLocation {
  /** http or https, without user information. */
  readonly url: string;
  readonly login: NetrcEntry | undefined;
}

/** Takes the login out of an index URL; `where` names it, such as --index-url. Throws USAGE, without quoting the login. */
export function parseIndexUrl(text: string, where: string): IndexLocation {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed !== undefined && parsed.search !== '')
    throw usage(
      `the URL for ${where} holds a query, which installers drop`,
      'give a token as the password: https://USER:TOKEN@HOST/…',
    );
  const login = parsed === undefined ? undefined : loginOf(parsed, where);
  const url = login === undefined ? text : withoutLogin(text);
  if (/^https?:$/.test(parsed?.protocol ?? '') && !/[\s"'\\]/.test(url)) return { url, login };
  // up to the last @: people forget to encode one in a password
  throw usage(
    `'${text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1')}' for ${where} is not an http or https URL`,
  );
}

/** As the URL standard writes it: the host must read as it does in the netrc file. */
function withoutLogin(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href;
}

function loginOf({ username, password, hostname }: URL, where: string): NetrcEntry | undefined {
  if (username === '' && password === '') return undefined;
  if (username !== '' && password !== '')
    return { machine: hostname, login: decoded(username, where), password: decoded(password, where) };
  throw usage(
    `the login in the URL for ${where} lacks a user name or a password`,
    'write https://USER:PASSWORD@HOST/…; where the token is the user name, any password will do, such as TOKEN:x@HOST',
  );
}

function decoded(text: string, where: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw usage(
      `the login in the URL for ${where} holds a '%' that begins no encoded character`,
      'write a percent sign in a user name or password as %25',
    );
  }
}
