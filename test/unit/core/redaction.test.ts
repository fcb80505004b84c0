import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor, createSecretKeeper, stripUserInfo } from '../../../src/core/redaction.ts';

describe('redaction', () => {
  it('hides secrets as they are and as they stand in a URL', () => {
    const redact = createRedactor(['p@ss word']);
    expect(redact('a p@ss word b p%40ss%20word c')).toBe('a [redacted] b [redacted] c');
  });

  it('hides secrets as they stand in a line of JSON, written by JavaScript or by Python', () => {
    const redact = createRedactor(['p"ä\\s']);
    expect(redact('{"a": "p\\"ä\\\\s", "b": "p\\"\\u00e4\\\\s"}')).toBe(
      '{"a": "[redacted]", "b": "[redacted]"}',
    );
  });

  it('hides a secret that holds another one as a whole', () => {
    expect(createRedactor(['secret', 'secret-longer'])('secret-longer')).toBe('[redacted]');
  });

  it('leaves values of fewer than four characters: they would tear up ordinary words', () => {
    expect(createRedactor(['a'])('banana')).toBe('banana');
  });

  it.each([
    ['https://user:pass@host/path', 'https://host/path'],
    ['pulling http://token@host:5000 failed', 'pulling http://host:5000 failed'],
    ['http://user:p@ss@host/', 'http://host/'],
    ['https://host/path?mail=a@b', 'https://host/path?mail=a@b'],
    ['https://host?mail=a@b', 'https://host?mail=a@b'],
    ['wasbs://box@me.blob.core.windows.net/x', 'wasbs://box@me.blob.core.windows.net/x'],
    ['wasbs://box:key@me.blob.core.windows.net/x', 'wasbs://me.blob.core.windows.net/x'],
    ['_https://user:pass@host/', '_https://host/'],
    ['mail a@b or git@host:path', 'mail a@b or git@host:path'],
  ])('strips the user information of %s', (text, expected) => {
    expect(stripUserInfo(text)).toBe(expected);
  });

  it('never shows a secret of four characters or more, whatever stands around it', () => {
    const secret = fc.string({ minLength: 4 }).filter((text) => !'[redacted]'.includes(text));
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
        const keeper = createSecretKeeper();
        keeper.add(value);
        expect(keeper.redact(`${before}|${value}|${after}`).includes(`|${value}|`)).toBe(false);
      }),
    );
  });

  it('learns secrets while the work goes on', () => {
    const keeper = createSecretKeeper();
    const { redact } = keeper;
    expect(redact('the token')).toBe('the token');
    keeper.add('token', undefined);
    expect(redact('the token')).toBe('the [redacted]');
  });
});
