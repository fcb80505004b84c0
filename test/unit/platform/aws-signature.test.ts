import { describe, expect, it } from 'vitest';
import { awsSignature, type SignedRequest } from '../../../src/platform/aws-signature.ts';

/** Keys, time and answers of AWS's public test suite for Signature Version 4 (aws-sig-v4-test-suite). */
const identity = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const signer = { identity, region: 'us-east-1', service: 'service' };

function sign(request: Partial<SignedRequest> & { readonly path?: string }): string {
  const url = new URL(request.path ?? '/', 'https://example.amazonaws.com');
  const at = new Date('2015-08-30T12:36:00.123Z');
  return awsSignature({ method: 'GET', url, body: '', at, ...request }, signer)['authorization'] ?? '';
}

describe("the signature of AWS's own test suite", () => {
  it.each([
    ['get-vanilla', {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['post-vanilla', { method: 'POST' }, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'get-vanilla-query-order-key-case',
      { path: '/?Param2=value2&Param1=value1' },
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    [
      'get-vanilla-query-unreserved',
      {
        path: '/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
      },
      '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
    ],
    [
      'post-x-www-form-urlencoded',
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'Param1=value1',
      },
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
  ] as const)('%s', (_, request, signature) => {
    expect(sign(request)).toMatch(new RegExp(`Signature=${signature}$`));
  });

  it('names the keys, the day, the place and what is signed', () => {
    expect(sign({})).toContain(
      'Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, ',
    );
  });
});

describe('awsSignature', () => {
  const request = {
    method: 'GET',
    url: new URL('https://example.amazonaws.com/a%20b'),
    body: '',
    at: new Date('2015-08-30T12:36:00Z'),
  };

  it('sends and signs the token of temporary credentials', () => {
    const headers = awsSignature(request, { ...signer, identity: { ...identity, sessionToken: 'tok' } });
    expect(headers).toMatchObject({ 'x-amz-security-token': 'tok', 'x-amz-date': '20150830T123600Z' });
    expect(headers['authorization']).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token, ');
  });

  it('is another one for another path, host or body', () => {
    const variants = [
      request,
      { ...request, body: 'x' },
      { ...request, url: new URL('https://example.amazonaws.com/a%2520b') },
      { ...request, url: new URL('https://other.amazonaws.com/a%20b') },
    ];
    expect(new Set(variants.map((each) => awsSignature(each, signer)['authorization'])).size).toBe(4);
  });
});
