import { withoutUndefined } from '../../core/objects.ts';
import type { DatabricksLogin, DatabricksSettings } from '../../sources/port.ts';
import type { Environment } from './environment.ts';
import { parseIni } from './ini.ts';
import { variable } from './variables.ts';

/** Where the profiles are: DATABRICKS_CONFIG_FILE, else the file in the home folder. */
export const databricksConfigFile = (environment: Environment, home: string): string =>
  variable(environment, 'DATABRICKS_CONFIG_FILE')?.replace(/^~(?=\/)/, home) ?? `${home}/.databrickscfg`;

/** @param file its name and text; no text when there is none */
export function resolveDatabricks(
  environment: Environment,
  file: { readonly path: string; readonly text: string | undefined },
): DatabricksSettings {
  const login = withoutUndefined({
    host: variable(environment, 'DATABRICKS_HOST'),
    token: variable(environment, 'DATABRICKS_TOKEN'),
    clientId: variable(environment, 'DATABRICKS_CLIENT_ID'),
    clientSecret: variable(environment, 'DATABRICKS_CLIENT_SECRET'),
  });
  const profiles = [...parseIni(file.text ?? '')].map(([name, values]) => [name, loginIn(values)] as const);
  return withoutUndefined({
    environment: login,
    profile: variable(environment, 'DATABRICKS_CONFIG_PROFILE'),
    profiles: new Map(profiles),
    configFile: file.path,
  });
}

/** For the redaction. */
export function databricksSecrets({ environment, profiles }: DatabricksSettings): readonly string[] {
  const logins = [...(environment === undefined ? [] : [environment]), ...profiles.values()];
  return logins.flatMap(({ token, clientSecret }) =>
    [token, clientSecret].filter((secret) => secret !== undefined),
  );
}

function loginIn(values: ReadonlyMap<string, string>): DatabricksLogin {
  return withoutUndefined({
    host: values.get('host'),
    token: values.get('token'),
    clientId: values.get('client_id'),
    clientSecret: values.get('client_secret'),
  });
}
