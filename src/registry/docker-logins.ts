import { withoutUndefined } from '../core/objects.ts';
import type { RegistryCredentials, RegistryLogin } from '../model/registry-credentials.ts';
import { broken, type AuthEntry, type DockerConfig } from './docker-config.ts';
import type { CredentialHelper } from './port.ts';

/** Docker Hub has one name in references and several in config files. */
const HUB = 'docker.io';
const HUB_HOSTS: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The logins of the given registries, by the same names. Throws CREDENTIALS_BROKEN for one that cannot be decoded. */
export function loginsFor(config: DockerConfig, registries: readonly string[]): RegistryCredentials {
  const logins: Record<string, RegistryLogin> = {};
  for (const registry of registries) {
    const key = keyFor(config.auths, registry);
    const login = key === undefined ? undefined : loginOf(config, key);
    if (login !== undefined) logins[registry] = login;
  }
  return logins;
}

export function allLogins(config: DockerConfig): RegistryCredentials {
  return loginsFor(config, [...new Set(Object.keys(config.auths).map(registryOf))]);
}

/** The helpers that hold the logins of those registries that have none in the file itself. */
export function helpersFor(config: DockerConfig, registries: readonly string[]): readonly CredentialHelper[] {
  const logins = loginsFor(config, registries);
  return registries.flatMap((registry) => {
    const key = keyFor(config.credHelpers, registry);
    const helper = key === undefined ? config.credsStore : config.credHelpers[key];
    return logins[registry] !== undefined || helper === undefined ? [] : [{ registry, helper }];
  });
}

/** The key of a registry: its very name, else the first key that means it with a scheme or a path around. */
function keyFor(record: Readonly<Record<string, unknown>>, registry: string): string | undefined {
  const keys = Object.keys(record).filter((key) => registryOf(key) === registry);
  return keys.find((key) => key === registry) ?? keys[0];
}

/** `https://index.docker.io/v1/` is docker.io, `http://localhost:5000/v2/` is localhost:5000. */
function registryOf(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/s, '');
  return HUB_HOSTS.has(host) ? HUB : host;
}

function loginOf(config: DockerConfig, key: string): RegistryLogin | undefined {
  const entry = config.auths[key] ?? {};
  const login = withoutUndefined({ ...userOf(entry, config, key), identityToken: entry.identitytoken });
  // docker leaves an empty entry behind when a helper holds the login.
  return Object.keys(login).length === 0 ? undefined : login;
}

function userOf(
  { auth, username, password }: AuthEntry,
  { path }: DockerConfig,
  key: string,
): { readonly username?: string; readonly password?: string } {
  if (auth === undefined) return withoutUndefined({ username, password });
  if (!BASE64.test(auth)) throw broken(path, `the login of '${key}' is not base64`);
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon === -1) throw broken(path, `the login of '${key}' does not read user:password`);
  return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') };
}
