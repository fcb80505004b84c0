import type { SecretKeeper } from '../core/redaction.ts';
import type { RegistryCredentials } from '../model/registry-credentials.ts';
import type { DockerConfigFile } from '../registry/port.ts';
import { urlPasswords } from './config/secrets.ts';

/** The same logins, of which no password is ever shown; nor is one of a proxy. */
export function guardLogins(file: DockerConfigFile, secrets: SecretKeeper): DockerConfigFile {
  const guard = (credentials: RegistryCredentials): RegistryCredentials => {
    for (const { password, identityToken } of Object.values(credentials))
      secrets.add(password, identityToken);
    return credentials;
  };
  return {
    credentialsFor: async (registries) => guard(await file.credentialsFor(registries)),
    allCredentials: async () => guard(await file.allCredentials()),
    helpersFor: (registries) => file.helpersFor(registries),
    proxyVariables: async (engineHost) => {
      const variables = await file.proxyVariables(engineHost);
      secrets.add(...Object.values(variables).flatMap(urlPasswords));
      return variables;
    },
  };
}
