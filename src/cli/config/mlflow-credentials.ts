import type { TrackingCredentials } from '../../sources/port.ts';
import type { Environment } from './environment.ts';
import { type AwsFiles, resolveAwsKeys } from './aws-identity.ts';
import { parseIni } from './ini.ts';
import { flag, variable } from './variables.ts';

export interface CredentialFiles {
  /** Text of ~/.mlflow/credentials; undefined when there is none. */
  readonly mlflow: string | undefined;
  readonly aws: AwsFiles;
}

/**
 * The login for the tracking server, as MLflow's utils/credentials.py finds it: each of user name and password comes from its
 * variable, else from the file. Neither alone is a login. Both win over a token (utils/rest_utils.py), and signing with AWS keys over everything.
 */
export function resolveTrackingCredentials(
  environment: Environment,
  files: CredentialFiles,
): TrackingCredentials {
  if (flag(environment, 'MLFLOW_TRACKING_AWS_SIGV4') === 'on')
    return { kind: 'aws-sigv4', ...resolveAwsKeys(environment, files.aws) };
  const fromFile = parseIni(files.mlflow ?? '').get('mlflow');
  const username =
    variable(environment, 'MLFLOW_TRACKING_USERNAME') ?? fromFile?.get('mlflow_tracking_username');
  const password =
    variable(environment, 'MLFLOW_TRACKING_PASSWORD') ?? fromFile?.get('mlflow_tracking_password');
  if (username !== undefined && password !== undefined) return { kind: 'basic', username, password };
  const token = variable(environment, 'MLFLOW_TRACKING_TOKEN');
  return token === undefined ? { kind: 'none' } : { kind: 'token', token };
}
