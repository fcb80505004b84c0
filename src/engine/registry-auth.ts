import type { RegistryCredentials, RegistryLogin } from '../model/registry-credentials.ts';

/** How the Engine API names Docker Hub in its auth headers; every other registry has its own name. */
const HUB_KEY = 'https://index.docker.io/v1/';

/** The X-Registry-Auth header of a push or pull; an engine wants one, if an empty one, for every push. */
export function authHeader(registry: string, credentials: RegistryCredentials): Record<string, string> {
  const login = credentials[registry];
  return { 'X-Registry-Auth': encode(login === undefined ? {} : wireLogin(registry, login)) };
}

/** The X-Registry-Config header of a classic build: every login, by registry. */
export function configHeader(credentials: RegistryCredentials): Record<string, string> {
  const logins = Object.entries(credentials).map(([registry, login]) => [
    keyOf(registry),
    wireLogin(registry, login),
  ]);
  return { 'X-Registry-Config': encode(Object.fromEntries(logins) as Record<string, object>) };
}

function wireLogin(registry: string, { username, password, identityToken }: RegistryLogin): object {
  return { username, password, identitytoken: identityToken, serveraddress: keyOf(registry) };
}

function keyOf(registry: string): string {
  return registry === 'docker.io' ? HUB_KEY : registry;
}

/** URL-safe base64 with its padding: Go's base64.URLEncoding, which the engine decodes with. */
function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
