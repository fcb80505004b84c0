import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { readOptionalText } from '../platform/optional-file.ts';
import { broken, parseDockerConfig, type DockerConfig } from './docker-config.ts';
import { allLogins, helpersFor, loginsFor } from './docker-logins.ts';
import { proxyVariables } from './docker-proxies.ts';
import type { DockerConfigFile, OpenRegistry } from './port.ts';

/** The config.json of a folder such as ~/.docker; read when it is first asked, and once. */
export function createDockerConfigFile(folder: string): DockerConfigFile {
  let config: Promise<DockerConfig> | undefined;
  const read = (): Promise<DockerConfig> => (config ??= readConfig(join(folder, 'config.json')));
  return {
    credentialsFor: async (registries) => loginsFor(await read(), registries),
    allCredentials: async () => allLogins(await read()),
    helpersFor: async (registries) => helpersFor(await read(), registries),
    proxyVariables: async (engineHost) => proxyVariables(await read(), engineHost),
  };
}

/** See OpenRegistry; few commands need one. */
export const openRegistry: OpenRegistry = async (access) => {
  const { RegistryClient } = await import('./registry-client.ts');
  return new RegistryClient(access);
};

async function readConfig(path: string): Promise<DockerConfig> {
  const text = await readOptionalText(path).catch((error: unknown) => {
    throw broken(path, messageOf(error));
  });
  return parseDockerConfig(text ?? '', path);
}
