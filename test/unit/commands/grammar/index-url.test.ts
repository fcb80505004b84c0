import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIndexUrl } from '../../../../src/commands/grammar/index-url.ts';
import { failureOf } from '../../../support/failure.ts';

describe('an index URL', () => {
  it('without a login is taken as it is', () => {
    const url = 'https://Index.example.com/simple';
    expect(parseIndexUrl(url, '--index-url')).toEqual({ url, login: undefined });
  });

  it('gives up its login, decoded, and the host as the login names it', () => {
    expect(
      parseIndexUrl('https://me%40corp:p%20%22%5C@Index.example.com:8443/simple', '--index-url'),
    ).toEqual({
      url: 'https://index.example.com:8443/simple',
      login: { machine: 'index.example.com', login: 'me@corp', password: 'p "\\' },
    });
  });

  it('refuses a query, which may hold a token, and does not repeat it', () => {
    expect(() => parseIndexUrl('https://h/simple/?token=hunter22', '--index-url')).toThrow(/holds a query/);
    expect(() => parseIndexUrl('https://h/simple/?token=hunter22', '--index-url')).not.toThrow(/hunter22/);
  });

  it('gives back any login that was encoded', () => {
    const word = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(word, word, (user, password) => {
        const url = `http://${encodeURIComponent(user)}:${encodeURIComponent(password)}@h/simple`;
        expect(parseIndexUrl(url, 'x')).toEqual({
          url: 'http://h/simple',
          login: { machine: 'h', login: user, password },
        });
      }),
    );
  });

  it.each([
    '',
    'index',
    'ftp://host/simple',
    'file:///simple',
    'https://a b',
    'https://a"b',
    'https://s3cret@host/simple',
    'https://user:@host/simple',
    'https://:s3cret@host/simple',
    'https://user:s3cret%@host/simple',
    'ftp://user:s3cret@host/simple',
    'https://user:s3cret/x@ho st/simple',
    'user:s3cret@host/simple',
  ])('%j is refused without its login', async (text) => {
    const { code, message, hint } = await failureOf(() => parseIndexUrl(text, '--index-url'));
    expect(code).toBe('USAGE');
    expect(`${message} ${hint ?? ''}`).toContain('--index-url');
    expect(`${message} ${hint ?? ''}`).not.toContain('s3cret');
  });
});
