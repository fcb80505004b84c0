import { CaissonError } from '../../core/errors.ts';
import { awsSignature } from '../../platform/aws-signature.ts';
import type { UriLogin } from '../../model/artifact-uri.ts';
import type { HttpRequest } from '../../platform/http.ts';
import type { TrackingCredentials } from '../port.ts';

type Headers = Readonly<Record<string, string>>;

/** The headers that log a request in. Throws STORE_DENIED when it is to be signed, and the keys or the region are not there. */
export function authorization(
  credentials: TrackingCredentials,
  request: HttpRequest,
  /** The server, for errors. */
  shown: string,
): Headers {
  switch (credentials.kind) {
    case 'none':
      return {};
    case 'token':
      return { authorization: `Bearer ${credentials.token}` };
    case 'basic':
      return { authorization: basic(credentials) };
    case 'aws-sigv4':
      return signature(credentials, request, shown);
  }
}

/** Whom a server refuses. */
export function whose(credentials: TrackingCredentials): string {
  if (credentials.kind === 'basic') return `the login of user '${credentials.username}'`;
  if (credentials.kind === 'aws-sigv4') return 'the signature of the AWS keys';
  return credentials.kind === 'token' ? 'the token' : 'to answer, as no login was given';
}

type Kind<K> = Extract<TrackingCredentials, { readonly kind: K }>;

/** The service is the one that MLflow's client signs for, whatever stands behind it. */
function signature(
  { identity, region }: Kind<'aws-sigv4'>,
  { url, method = 'GET', json, text }: HttpRequest,
  shown: string,
): Headers {
  if (identity === undefined || region === undefined)
    throw new CaissonError(
      'STORE_DENIED',
      `requests to ${shown} are to be signed (MLFLOW_TRACKING_AWS_SIGV4), and there ${identity === undefined ? 'are no AWS keys' : 'is no AWS region'}`,
      { hint: 'set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION, or AWS_PROFILE' },
    );
  const body = json === undefined ? (text ?? '') : JSON.stringify(json);
  return awsSignature({ method, url, body, at: new Date() }, { identity, region, service: 'execute-api' });
}

function basic({ username, password }: Kind<'basic'>): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

/** The login of an address; none when it has none. */
export const credentialsOf = (login: UriLogin | undefined): TrackingCredentials =>
  login === undefined
    ? { kind: 'none' }
    : { kind: 'basic', username: login.username, password: login.password ?? '' };

/** Of a server that is not the tracking server. */
export const loginHint = (scheme: string, { host }: URL): string =>
  `the login of the tracking server goes to no other one: write its own into the address, ${scheme}://USER:PASSWORD@${host}/…`;
