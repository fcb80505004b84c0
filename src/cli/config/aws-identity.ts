import { withoutUndefined } from '../../core/objects.ts';
import type { AwsIdentity } from '../../platform/aws-signature.ts';
import type { Environment } from './environment.ts';
import { type IniFile, parseIni } from './ini.ts';
import { variable } from './variables.ts';

/** Texts of ~/.aws/credentials and ~/.aws/config; undefined when there is none. */
export interface AwsFiles {
  readonly credentials: string | undefined;
  readonly config: string | undefined;
}

export interface AwsKeys {
  readonly identity?: AwsIdentity;
  readonly region?: string;
}

/** Keys of the environment, else those of the profile (AWS_PROFILE, else `default`); the region in the same order. */
export function resolveAwsKeys(environment: Environment, files: AwsFiles): AwsKeys {
  const profile = variable(environment, 'AWS_PROFILE') ?? 'default';
  const credentials = parseIni(files.credentials ?? '').get(profile);
  const config = profileIn(parseIni(files.config ?? ''), profile);
  const identity = identityOf({
    accessKeyId: variable(environment, 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: variable(environment, 'AWS_SECRET_ACCESS_KEY'),
    sessionToken: variable(environment, 'AWS_SESSION_TOKEN'),
  });
  return withoutUndefined({
    identity: identity ?? identityIn(credentials) ?? identityIn(config),
    region: regionOf(environment) ?? config?.get('region') ?? credentials?.get('region'),
  });
}

const regionOf = (environment: Environment): string | undefined =>
  variable(environment, 'AWS_REGION') ?? variable(environment, 'AWS_DEFAULT_REGION');

/** The configuration file writes `profile` in front of every name but one. */
const profileIn = (file: IniFile, name: string): ReadonlyMap<string, string> | undefined =>
  file.get(`profile ${name}`) ?? (name === 'default' ? file.get(name) : undefined);

function identityIn(section: ReadonlyMap<string, string> | undefined): AwsIdentity | undefined {
  return identityOf({
    accessKeyId: section?.get('aws_access_key_id'),
    secretAccessKey: section?.get('aws_secret_access_key'),
    sessionToken: section?.get('aws_session_token'),
  });
}

function identityOf({
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: Readonly<Record<keyof AwsIdentity, string | undefined>>): AwsIdentity | undefined {
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
