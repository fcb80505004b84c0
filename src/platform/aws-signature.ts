import { createHash, createHmac } from 'node:crypto';

export interface AwsIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
}

export interface AwsSigner {
  readonly identity: AwsIdentity;
  /** Such as us-east-1. */
  readonly region: string;
  /** Such as execute-api. */
  readonly service: string;
}

export interface SignedRequest {
  readonly method: string;
  readonly url: URL;
  /** Signed too, whatever they are; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Empty for a request without one. */
  readonly body: string;
  readonly at: Date;
}

/**
 * The headers that sign a request with Signature Version 4 (AWS General Reference, "Create a signed AWS API request"): Authorization,
 * X-Amz-Date, and the token of temporary credentials. The host is signed, so they are good for one host alone.
 */
export function awsSignature(request: SignedRequest, signer: AwsSigner): Readonly<Record<string, string>> {
  const { identity, region, service } = signer;
  const time = request.at.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const added = {
    'x-amz-date': time,
    ...(identity.sessionToken === undefined ? {} : { 'x-amz-security-token': identity.sessionToken }),
  };
  const signed = sorted(Object.entries({ ...request.headers, ...added, host: request.url.host }));
  const names = signed.map(([name]) => name).join(';');
  const canonical = [
    request.method,
    canonicalPath(request.url.pathname),
    canonicalQuery(request.url.searchParams),
    ...signed.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}`),
    '',
    names,
    sha256(request.body),
  ].join('\n');
  const scope = [time.slice(0, 8), region, service, 'aws4_request'];
  const toSign = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce<Buffer | string>(
    (previous, part) => hmac(previous, part),
    `AWS4${identity.secretAccessKey}`,
  );
  const credential = `${identity.accessKeyId}/${scope.join('/')}`;
  const signature = hmac(key, toSign).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...added, authorization };
}

/** Every service but S3 wants the path of the request line encoded once more. */
const canonicalPath = (path: string): string => path.split('/').map(encode).join('/');

const canonicalQuery = (query: URLSearchParams): string =>
  sorted([...query].map(([name, value]) => [encode(name), encode(value)] as const))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

/** By name, then by value, in the order of code units. */
function sorted(pairs: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  return [...pairs].sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1));
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

const hmac = (key: Buffer | string, text: string): Buffer =>
  createHmac('sha256', key).update(text, 'utf8').digest();
