import type { HttpRequest } from './http-request.ts';

export type NextHop =
  /** The answer is the answer. */
  | { readonly kind: 'none' }
  | { readonly kind: 'next'; readonly request: HttpRequest }
  /** It redirects to where nobody can go. */
  | { readonly kind: 'wrong'; readonly reason: string };

interface Redirect {
  readonly status: number;
  readonly location: string | undefined;
}

/** As many as fetch follows. */
export const MAX_REDIRECTS = 20;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** What says who asks: it goes to no other host, and not in the clear where it went by TLS. */
const PRIVATE_HEADERS = new Set(['authorization', 'cookie', 'x-amz-security-token', 'x-mlflow-workspace']);

/** Where an answer sends a request to, and what of the request goes there. */
export function nextHop(request: HttpRequest, { status, location }: Redirect): NextHop {
  if (!REDIRECTS.has(status) || location === undefined) return { kind: 'none' };
  if (!URL.canParse(location, request.url.href))
    return { kind: 'wrong', reason: 'it redirects to what is no URL' };
  const url = new URL(location, request.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return { kind: 'wrong', reason: `it redirects to a '${url.protocol}' address` };
  url.username = '';
  url.password = '';
  const headers = Object.entries(request.headers ?? {}).filter(
    ([name]) => isTrusted(request.url, url) || !PRIVATE_HEADERS.has(name.toLowerCase()),
  );
  const { method = 'GET', json, text } = request;
  const sent = { url, headers: Object.fromEntries(headers) };
  if (!keepsMethod(request.url, { url, status }) && method !== 'HEAD')
    return { kind: 'next', request: { ...sent, method: 'GET' } };
  return {
    kind: 'next',
    request: {
      ...sent,
      method,
      ...(json === undefined ? {} : { json }),
      ...(text === undefined ? {} : { text }),
    },
  };
}

/**
 * Whether what is for one address may go to another: the same scheme, host and port, or the host's own step from http to https (as Python's
 * requests has it).
 */
export function isTrusted(from: URL, to: URL): boolean {
  if (from.hostname !== to.hostname) return false;
  if (from.protocol === to.protocol) return from.port === to.port;
  return from.protocol === 'http:' && to.protocol === 'https:' && from.port === '' && to.port === '';
}

/** 301 and 302 make a GET of a POST, as in every browser; not when only the scheme or a slash changes: nobody means that one. */
function keepsMethod(from: URL, { url, status }: { readonly url: URL; readonly status: number }): boolean {
  if (status === 307 || status === 308) return true;
  const isSamePlace =
    isTrusted(from, url) && from.pathname.replace(/\/+$/, '') === url.pathname.replace(/\/+$/, '');
  return status !== 303 && isSamePlace;
}
