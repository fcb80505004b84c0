import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../src/platform/http.ts';
import { nextHop } from '../../../src/platform/http-redirect.ts';

const headers = { Authorization: 'Bearer t', accept: 'x', 'x-mlflow-workspace': 'w' };

function follow(
  from: string,
  location: string,
  more: Partial<HttpRequest> & { readonly status?: number } = {},
) {
  const { status = 302, ...request } = more;
  const hop = nextHop({ url: new URL(from), headers, ...request }, { status, location });
  if (hop.kind !== 'next') return hop;
  const { url, method } = hop.request;
  return { url: url.href, method, names: Object.keys(hop.request.headers ?? {}), json: hop.request.json };
}

const ALL = Object.keys(headers);

describe('a redirect', () => {
  it.each([
    ['http://h/a', '/b', 'http://h/b', ALL],
    ['http://h:5000/a', 'http://h:5000/b', 'http://h:5000/b', ALL],
    ['http://h/a', 'https://h/a', 'https://h/a', ALL],
    ['https://h/a', 'http://h/a', 'http://h/a', ['accept']],
    ['http://h:5000/a', 'https://h:5000/a', 'https://h:5000/a', ['accept']],
    ['http://h:5000/a', 'http://h:5001/a', 'http://h:5001/a', ['accept']],
    ['http://h/a', 'http://other/a', 'http://other/a', ['accept']],
    ['http://h/a', 'http://me:pw@other/a', 'http://other/a', ['accept']],
  ])('from %s to %s', (from, location, url, names) => {
    expect(follow(from, location)).toMatchObject({ url, names });
  });

  it('makes a GET of a POST, but for where the same is asked again', () => {
    const post = { method: 'POST', json: { a: 1 } } as const;
    expect(follow('http://h/a', '/login', post)).toMatchObject({ method: 'GET', json: undefined });
    expect(follow('http://h/a', 'https://h/a', post)).toMatchObject({ method: 'POST', json: { a: 1 } });
    expect(follow('http://h/a', '/a/', { ...post, status: 301 })).toMatchObject({ method: 'POST' });
    expect(follow('http://h/a', '/a/', { ...post, status: 303 })).toMatchObject({ method: 'GET' });
    expect(follow('http://h/a', '/b', { ...post, status: 307 })).toMatchObject({ method: 'POST' });
    expect(follow('http://h/a', '/b', { method: 'HEAD' })).toMatchObject({ method: 'HEAD' });
  });

  it('goes to http: and https: alone', () => {
    expect(follow('http://h/a', 'file:///etc/passwd')).toEqual({
      kind: 'wrong',
      reason: "it redirects to a 'file:' address",
    });
    expect(follow('http://h/a', 'http://')).toMatchObject({ kind: 'wrong' });
  });

  it('is none without a place, or with another status', () => {
    expect(nextHop({ url: new URL('http://h/') }, { status: 302, location: undefined }).kind).toBe('none');
    expect(nextHop({ url: new URL('http://h/') }, { status: 304, location: '/x' }).kind).toBe('none');
  });
});
