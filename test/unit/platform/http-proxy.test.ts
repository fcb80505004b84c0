import { describe, expect, it } from 'vitest';
import { chooseProxy, type ProxySettings } from '../../../src/platform/http-proxy.ts';

function chosen(url: string, settings: ProxySettings): string {
  const choice = chooseProxy(new URL(url), settings);
  return choice.kind === 'proxy' ? choice.url.origin : choice.kind;
}

const BOTH = { http: 'http://p:1', https: 'http://q:2' };

describe('the proxy for a URL', () => {
  it('is that of its scheme, else the one for all', () => {
    expect(chosen('http://h/', BOTH)).toBe('http://p:1');
    expect(chosen('https://h/', BOTH)).toBe('http://q:2');
    expect(chosen('https://h/', { http: 'http://p:1' })).toBe('direct');
    expect(chosen('https://h/', { http: 'http://p:1', all: 'https://r:3' })).toBe('https://r:3');
    expect(chosen('http://h/', {})).toBe('direct');
  });

  it('may be written without a scheme, and gives its login apart', () => {
    expect(chosen('http://h/', { http: 'proxy.example:3128' })).toBe('http://proxy.example:3128');
    const choice = chooseProxy(new URL('http://h/'), { http: 'http://me:p%40ss@p:1' });
    expect(choice).toMatchObject({ authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}` });
    expect(choice.kind === 'proxy' && choice.url.href).toBe('http://p:1/');
  });

  it('can be of no use, and says so without its login', () => {
    expect(chooseProxy(new URL('http://h/'), { all: 'socks5://me:secret@p:1' })).toEqual({
      kind: 'unusable',
      reason: "the proxy that is set is a 'socks5:' one, and only http: and https: can be used",
    });
    expect(chosen('http://h/', { http: 'http://:x:y' })).toBe('unusable');
  });

  it.each([
    'http://localhost:5000/',
    'http://127.0.0.1/',
    'http://127.9.9.9/',
    'http://[::1]:1/',
    'http://a.localhost/',
  ])('is none for loopback: %s', (url) => {
    expect(chosen(url, { ...BOTH, all: 'http://r:3' })).toBe('direct');
  });

  it.each([
    ['*', 'http://h.example/', 'direct'],
    ['h.example', 'http://h.example/', 'direct'],
    ['H.EXAMPLE', 'http://h.example/', 'direct'],
    ['example', 'http://h.example/', 'direct'],
    ['.example', 'http://h.example/', 'direct'],
    ['*.example', 'http://h.example/', 'direct'],
    ['ample', 'http://h.example/', 'http://p:1'],
    ['x.h.example', 'http://h.example/', 'http://p:1'],
    ['h.example:80', 'http://h.example/', 'direct'],
    ['h.example:81', 'http://h.example/', 'http://p:1'],
    ['a, h.example ,b', 'http://h.example/', 'direct'],
    ['a h.example', 'http://h.example/', 'direct'],
    ['10.0.0.0/8', 'http://10.1.2.3/', 'direct'],
    ['10.0.0.0/8', 'http://11.1.2.3/', 'http://p:1'],
    ['10.1.2.3', 'http://10.1.2.3:8080/', 'direct'],
    ['2.3', 'http://10.1.2.3/', 'http://p:1'],
    ['10.0.0.0/99', 'http://10.1.2.3/', 'http://p:1'],
    ['[fd00::1]', 'http://[fd00::1]/', 'direct'],
    ['fd00::1', 'http://[fd00::1]:99/', 'direct'],
    [',', 'http://h.example/', 'http://p:1'],
  ])('with NO_PROXY=%s is for %s: %s', (except, url, expected) => {
    expect(chosen(url, { ...BOTH, except })).toBe(expected);
  });
});
