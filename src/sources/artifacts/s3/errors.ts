import { messageOf } from '../../../core/errors.ts';
import { systemCodeOf, troubleOf, type Trouble } from '../artifact-errors.ts';
import type { S3Connection } from './client.ts';

const HINTS: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: 'check AWS_ACCESS_KEY_ID, or AWS_PROFILE, and that they are for this endpoint',
  SignatureDoesNotMatch: 'check AWS_SECRET_ACCESS_KEY',
  AccessDenied:
    'the credentials need s3:ListBucket and s3:GetObject; where the bucket makes its readers pay, set AWS_REQUEST_PAYER=requester',
  InvalidObjectState: 'the file is archived: restore it first',
  PermanentRedirect: 'set AWS_REGION to the region of the bucket',
  AuthorizationHeaderMalformed: 'set AWS_REGION to the region of the bucket',
};

const NO_CREDENTIALS =
  'no AWS credentials were found, and the bucket is not public: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';

/** What an error of the SDK stands for. */
export function explainS3(error: unknown, access: S3Connection['access']): Trouble {
  const { name, status, text, retryAfter } = readError(error);
  const special = SPECIAL[name];
  if (special !== undefined) return special;
  const systemCode = systemCodeOf(error);
  const trouble = troubleOf({
    text,
    ...(status === undefined ? {} : { status, word: name }),
    ...(systemCode === undefined ? {} : { systemCode }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
  if (trouble.kind === 'denied' && access === 'anonymous') return { ...trouble, hint: NO_CREDENTIALS };
  const hint = HINTS[name];
  return hint === undefined || (trouble.kind !== 'denied' && trouble.kind !== 'failed')
    ? trouble
    : { ...trouble, hint };
}

const RENEW = "the temporary credentials have expired: make new ones, such as with 'aws sso login'";

/** What the status does not tell. */
const SPECIAL: Readonly<Record<string, Trouble>> = {
  AbortError: { kind: 'temporary', reason: 'nothing came in time' },
  TimeoutError: { kind: 'temporary', reason: 'nothing came in time' },
  // the SDK has set its clock by the answer: the next attempt is right
  RequestTimeTooSkewed: { kind: 'temporary', reason: 'the clocks differ' },
  InvalidRange: { kind: 'changed', reason: 'the file is shorter now' },
  ExpiredToken: { kind: 'denied', reason: 'ExpiredToken', hint: RENEW },
  ExpiredTokenException: { kind: 'denied', reason: 'ExpiredToken', hint: RENEW },
};

interface ErrorParts {
  readonly name: string;
  readonly status: number | undefined;
  readonly text: string;
  readonly retryAfter: string | undefined;
}

/** The shape of every error of the SDK; what comes through a proxy may be none of it. */
function readError(error: unknown): ErrorParts {
  const { name, $metadata, $response } = error as {
    readonly name?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: unknown };
    readonly $response?: {
      readonly statusCode?: unknown;
      readonly headers?: Readonly<Record<string, unknown>>;
    };
  };
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  const retryAfter = $response?.headers?.['retry-after'];
  return {
    name: typeof name === 'string' ? name : '',
    status: typeof status === 'number' ? status : undefined,
    text: messageOf(error),
    retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
  };
}
