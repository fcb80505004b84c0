import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChallenge } from '../../../src/registry/challenge.ts';

describe('a challenge', () => {
  it.each([
    ['Basic realm="x"', { scheme: 'basic' }],
    ['basic', { scheme: 'basic' }],
    ['Bearer realm="https://t.test/token"', { scheme: 'bearer', realm: 'https://t.test/token' }],
    [
      'Basic realm="a, Bearer realm=b", Bearer service=s , Realm="https://t.test/a?b=\\"c\\"",scope="repository:x:pull,push"',
      { scheme: 'bearer', realm: 'https://t.test/a?b="c"', service: 's' },
    ],
    ['Negotiate abc==, Basic realm="x"', { scheme: 'basic' }],
    ['Bearer realm=""', undefined],
    ['Bearer service="s"', undefined],
    ['Digest realm="x"', undefined],
    ['', undefined],
  ])('%s', (header, challenge) => {
    expect(parseChallenge(header)).toEqual(challenge);
  });

  it('gives back whatever stands quoted', () => {
    const text = fc.stringMatching(/^[\x20-\x7e]+$/);
    fc.assert(
      fc.property(text, text, (realm, service) => {
        const quoted = (value: string): string => `"${value.replace(/[\\"]/g, '\\$&')}"`;
        const header = `Bearer realm=${quoted(realm)},service=${quoted(service)}`;
        expect(parseChallenge(header)).toEqual({ scheme: 'bearer', realm, service });
      }),
    );
  });

  it('ends, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('Bearer', 'Basic', 'realm', '=', '"', ',', '\\', ' ', 'x'),
          maxLength: 60,
        }),
        (header) => {
          const challenge = parseChallenge(header);
          expect(challenge?.scheme === 'bearer' ? challenge.realm : 'none').not.toBe('');
        },
      ),
    );
  });
});
