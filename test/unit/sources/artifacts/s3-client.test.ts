import { join } from 'node:path';
import * as library from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { connect, type S3Connection } from '../../../../src/sources/artifacts/s3/client.ts';
import { withVariables } from '../../../support/artifact-stores.ts';
import { failureOf } from '../../../support/failure.ts';
import { startLocalServer } from '../../../support/local-server.ts';
import { temporaryFolders, writeTree } from '../../../support/test-folders.ts';

const makeFolder = temporaryFolders();

const CONFIG = `[profile team]
region = eu-north-1
`;
const CREDENTIALS = `[default]
aws_access_key_id = AKDEFAULT
aws_secret_access_key = of-default
[team]
aws_access_key_id = AKTEAM
aws_secret_access_key = of-team
aws_session_token = session
`;

const NOTHING = {
  ...{ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_SESSION_TOKEN: undefined },
  ...{ AWS_PROFILE: undefined, AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined },
  ...{ AWS_WEB_IDENTITY_TOKEN_FILE: undefined, AWS_ROLE_ARN: undefined, AWS_ENDPOINT_URL_STS: undefined },
  AWS_EC2_METADATA_DISABLED: 'true',
};

/** A client in an environment with these variables, which is read when the client is made. */
async function connected(variables: Readonly<Record<string, string | undefined>>): Promise<S3Connection> {
  const folder = makeFolder();
  writeTree(folder, { 'my-config': CONFIG, 'my-credentials': CREDENTIALS });
  const given: Readonly<Record<string, string | undefined>> = {
    ...NOTHING,
    AWS_CONFIG_FILE: join(folder, 'my-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'my-credentials'),
    ...variables,
  };
  for (const [name, value] of Object.entries(given))
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  return connect(library, { addressing: 'auto', tls: 'verify' });
}

describe('the credentials of a client for S3', () => {
  // puts back what each test changes
  withVariables(() => ({ ...NOTHING, AWS_CONFIG_FILE: '/none', AWS_SHARED_CREDENTIALS_FILE: '/none' }));

  it('are those of AWS_PROFILE, with its region, from the files that the variables name', async () => {
    const { client, access } = await connected({ AWS_PROFILE: 'team' });
    expect(access).toBe('signed');
    expect(await client.config.credentials()).toMatchObject({
      ...{ accessKeyId: 'AKTEAM', secretAccessKey: 'of-team', sessionToken: 'session' },
    });
    expect(await client.config.region()).toBe('eu-north-1');
  });

  it('are those of the profile default, and of the environment before any profile', async () => {
    const usual = await connected({});
    expect(await usual.client.config.credentials()).toMatchObject({ accessKeyId: 'AKDEFAULT' });
    const named = await connected({ AWS_ACCESS_KEY_ID: 'AKENV', AWS_SECRET_ACCESS_KEY: 'of-env' });
    expect(await named.client.config.credentials()).toMatchObject({ accessKeyId: 'AKENV' });
  });

  it('are none when there is no profile at all', async () => {
    const gone = { AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' };
    expect((await connected(gone)).access).toBe('anonymous');
  });

  it('come for a web identity, whose token is sent to the service for it', async () => {
    const token = join(makeFolder(), 'token');
    writeTree(join(token, '..'), { token: 'who-i-am' });
    const heard: string[] = [];
    const sts = await startLocalServer((request, response) => {
      request.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
      request.on('end', () => response.setHeader('content-type', 'text/xml').end(ASSUMED));
    });
    try {
      const { client, access } = await connected({
        ...{ AWS_WEB_IDENTITY_TOKEN_FILE: token, AWS_ROLE_ARN: 'arn:aws:iam::1:role/reader' },
        ...{ AWS_ENDPOINT_URL_STS: sts.url, AWS_REGION: 'eu-north-1' },
        ...{ AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' },
      });
      expect(access).toBe('signed');
      expect(await client.config.credentials()).toMatchObject({
        ...{ accessKeyId: 'AKROLE', secretAccessKey: 'of-role', sessionToken: 'of-an-hour' },
      });
      expect(heard.join('')).toContain('WebIdentityToken=who-i-am');
    } finally {
      await sts.close();
    }
  });

  it('that a web identity is refused are told, and not left out', async () => {
    const sts = await startLocalServer((_, response) => response.writeHead(403).end(REFUSED));
    const token = join(makeFolder(), 'token');
    writeTree(join(token, '..'), { token: 'who-i-am' });
    try {
      const failure = await failureOf(
        connected({
          ...{ AWS_WEB_IDENTITY_TOKEN_FILE: token, AWS_ROLE_ARN: 'arn:aws:iam::1:role/reader' },
          ...{ AWS_ENDPOINT_URL_STS: sts.url, AWS_REGION: 'eu-north-1' },
          ...{ AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' },
        }),
      );
      expect(failure).toMatchObject({ code: 'STORE_DENIED' });
      expect(failure.message).not.toContain('who-i-am');
    } finally {
      await sts.close();
    }
  });
});

const ASSUMED = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>AKROLE</AccessKeyId>
<SecretAccessKey>of-role</SecretAccessKey><SessionToken>of-an-hour</SessionToken>
<Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
</AssumeRoleWithWebIdentityResponse>`;
const REFUSED = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>AccessDenied</Code><Message>Not authorized</Message></Error></ErrorResponse>`;
