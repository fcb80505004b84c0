import { CaissonError } from '../core/errors.ts';

/** What caisson reads of docker's config.json (docker/cli, cli/config/configfile): other keys are not looked at. */
export interface DockerConfig {
  /** Of the file, for errors. */
  readonly path: string;
  /** By the key of the file, such as `https://index.docker.io/v1/`. */
  readonly auths: Readonly<Record<string, AuthEntry>>;
  readonly credsStore?: string;
  readonly credHelpers: Readonly<Record<string, string>>;
  readonly proxies: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface AuthEntry {
  /** Base64 of `user:password`. */
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Throws CREDENTIALS_BROKEN with the path; neither message nor cause quotes the text, which holds passwords. */
export function parseDockerConfig(text: string, path: string): DockerConfig {
  const config = text.trim() === '' ? {} : parseJson(text, path);
  const object = (value: unknown, what: string): Json => {
    if (value === undefined || value === null) return {};
    if (typeof value === 'object' && !Array.isArray(value)) return value as Json;
    throw broken(path, `${what} is not an object`);
  };
  const root = object(config, 'its content');
  const store = root['credsStore'];
  return {
    path,
    auths: mapValues(object(root['auths'], "'auths'"), (entry, key) =>
      texts(object(entry, `the login of '${key}'`)),
    ),
    ...(typeof store === 'string' && store !== '' ? { credsStore: store } : {}),
    credHelpers: texts(object(root['credHelpers'], "'credHelpers'")),
    proxies: mapValues(object(root['proxies'], "'proxies'"), (entry, key) =>
      texts(object(entry, `the proxy of '${key}'`)),
    ),
  };
}

export function broken(path: string, reason: string): CaissonError {
  return new CaissonError('CREDENTIALS_BROKEN', `'${path}' cannot be used: ${reason}`, {
    hint: 'repair the file, or log in again with docker login',
  });
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw broken(path, 'it is not JSON');
  }
}

function mapValues<T>(record: Json, change: (value: unknown, key: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}

/** The entries that are texts and not empty. */
function texts(record: Json): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
    ),
  );
}
