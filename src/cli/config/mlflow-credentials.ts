import type { TrackingCredentials } from '../../sources/port.ts';
import type { Environment } from './environment.ts';
import { variable } from './variables.ts';

/**
 * The login for the tracking server, as MLflow's utils/credentials.py finds it: each of user name and password comes from its
 * variable, else from the file. Neither alone is a login. A token wins over both.
 *
 * @param credentialsFile text of ~/.mlflow/credentials; undefined when there is none
 */
export function resolveTrackingCredentials(
  environment: Environment,
  credentialsFile: string | undefined,
): TrackingCredentials {
  const token = variable(environment, 'MLFLOW_TRACKING_TOKEN');
  if (token !== undefined) return { kind: 'token', token };
  const fromFile = credentialsFile === undefined ? new Map<string, string>() : readSection(credentialsFile);
  const username =
    variable(environment, 'MLFLOW_TRACKING_USERNAME') ?? fromFile.get('mlflow_tracking_username');
  const password =
    variable(environment, 'MLFLOW_TRACKING_PASSWORD') ?? fromFile.get('mlflow_tracking_password');
  if (username === undefined || password === undefined) return { kind: 'none' };
  return { kind: 'basic', username, password };
}

/** Keys and values of the [mlflow] section; keys are case-insensitive, `=` and `:` both separate, as for Python's configparser. */
function readSection(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let section = '';
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const header = /^\[(.*)\]$/.exec(line);
    if (header !== null) section = header[1] ?? '';
    else if (section === 'mlflow') addPair(values, line);
  }
  return values;
}

function addPair(values: Map<string, string>, line: string): void {
  const pair = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(line);
  const [, key, value] = pair ?? [];
  if (key !== undefined && value !== undefined && value !== '') values.set(key.toLowerCase(), value);
}
