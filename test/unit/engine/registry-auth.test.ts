import { describe, expect, it } from 'vitest';
import { authHeader, configHeader } from '../../../src/engine/registry-auth.ts';

/** As Go's base64.URLEncoding reads it: padded, `-` and `_`. */
function decode(header: string | undefined): unknown {
  expect(header).toMatch(/^[A-Za-z0-9_-]*={0,2}$/);
  expect((header?.length ?? 1) % 4).toBe(0);
  return JSON.parse(Buffer.from(header ?? '', 'base64url').toString());
}

describe('authHeader', () => {
  it('is there, and empty, without a login', () => {
    expect(decode(authHeader('r.io', { 'other.io': { username: 'a' } })['X-Registry-Auth'])).toEqual({});
  });

  it('is url-safe whatever the password', () => {
    const login = { username: 'me', password: '>>>???~~~ü' };
    expect(decode(authHeader('r.io', { 'r.io': login })['X-Registry-Auth'])).toEqual({
      ...login,
      serveraddress: 'r.io',
    });
  });
});

describe('configHeader', () => {
  it("has every login under the engine's names", () => {
    const credentials = {
      'docker.io': { identityToken: 'tok' },
      'localhost:5000': { username: 'a', password: 'b' },
    };
    expect(decode(configHeader(credentials)['X-Registry-Config'])).toEqual({
      'https://index.docker.io/v1/': { identitytoken: 'tok', serveraddress: 'https://index.docker.io/v1/' },
      'localhost:5000': { username: 'a', password: 'b', serveraddress: 'localhost:5000' },
    });
  });
});
