import { CaissonError } from '../core/errors.ts';
import { stripUserInfo } from '../core/redaction.ts';
import { type DatabricksAuthority, parseDatabricksAuthority } from './databricks-authority.ts';

export interface UriParts {
  /** Lower case; undefined for a plain path. */
  readonly scheme: string | undefined;
  /** Between `//` and the next slash; empty when there is none. */
  readonly authority: string;
  /** Without its leading slashes when the scheme is not `file`. */
  readonly path: string;
}

/** Two letters at least: `C:\models` is a path. */
const SCHEME = /^([a-z][a-z0-9+.-]+):(.*)$/is;

/** Splits a URI as Python's urlparse does, without decoding anything. */
export function splitUri(text: string): UriParts {
  const match = SCHEME.exec(text);
  if (match?.[1] === undefined || match[2] === undefined)
    return { scheme: undefined, authority: '', path: text };
  const scheme = match[1].toLowerCase();
  const { authority, rest } = splitAuthority(match[2]);
  return { scheme, authority, path: rest };
}

function splitAuthority(text: string): { readonly authority: string; readonly rest: string } {
  if (!text.startsWith('//')) return { authority: '', rest: text };
  const slash = text.indexOf('/', 2);
  return slash < 0
    ? { authority: text.slice(2), rest: '' }
    : { authority: text.slice(2, slash), rest: text.slice(slash) };
}

/** For runs:/ and models:/ URIs: no host but Databricks, an absolute path, no `..` in any encoding, no query. */
export function rejectUnsafePath(text: string, uri: UriParts): void {
  if (uri.authority !== '' && parseDatabricksAuthority(uri.authority) === undefined)
    throw new CaissonError(
      'MODEL_SCHEME_UNSUPPORTED',
      `caisson does not read '${uri.scheme ?? ''}://' URIs that name a host: '${stripUserInfo(text)}'`,
      {
        hint: `write ${uri.scheme ?? ''}:/… and name the store with --tracking-uri; a profile of Databricks is written ${uri.scheme ?? ''}://PROFILE@databricks/…`,
      },
    );
  if (!uri.path.startsWith('/')) throw uriInvalid(text, `a slash must follow '${uri.scheme ?? ''}:'`);
  if (uri.path.includes('?')) throw uriInvalid(text, "it holds a '?'");
  rejectDotDot(text, uri.path);
}

/** What the authority of a runs: or models: URI says. */
export function databricksOf({ authority }: UriParts): { readonly databricks?: DatabricksAuthority } {
  const databricks = parseDatabricksAuthority(authority);
  return databricks === undefined ? {} : { databricks };
}

/** Throws MODEL_URI_INVALID when a segment is `..`, also when percent-encoded once or more. */
export function rejectDotDot(text: string, path: string): void {
  let decoded = path;
  for (let previous = ''; decoded !== previous;) {
    if (decoded.split(/[/\\]/).includes('..')) throw uriInvalid(text, "it holds a '..' segment");
    previous = decoded;
    decoded = decodeDots(decoded);
  }
}

/** Decodes what could spell `..`, slashes and the percent sign itself; everything else stays. */
function decodeDots(text: string): string {
  return text.replace(/%(2e|2f|5c|25)/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

export function uriInvalid(text: string, reason: string, hint?: string): CaissonError {
  return new CaissonError('MODEL_URI_INVALID', `'${printable(text)}' is not a model URI: ${reason}`, {
    hint,
  });
}

const printable = (text: string): string => stripUserInfo(text).replace(/\p{Cc}/gu, '\uFFFD');
