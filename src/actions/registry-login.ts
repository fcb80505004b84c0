import { CaissonError, isCaissonError } from '../core/errors.ts';
import type { RegistryCredentials } from '../model/registry-credentials.ts';
import type { PushPorts } from './ports.ts';

/**
 * Runs work with the login for a registry. When the registry refuses and the user's login is with a credential helper, where caisson does
 * not look, the error says so: the user did log in.
 */
export async function withLogin<T>(
  registry: string,
  { dockerConfig }: Pick<PushPorts, 'dockerConfig'>,
  work: (credentials: RegistryCredentials) => Promise<T>,
): Promise<T> {
  const credentials = await dockerConfig.credentialsFor([registry]);
  try {
    return await work(credentials);
  } catch (error) {
    if (!isCaissonError(error) || error.code !== 'REGISTRY_DENIED') throw error;
    const [helper] = await dockerConfig.helpersFor([registry]);
    if (helper === undefined) throw error;
    throw new CaissonError(error.code, error.message, {
      hint: `the login for ${registry} is with docker-credential-${helper.helper}, which caisson does not ask; a login kept in config.json works`,
      detail: error.detail,
      cause: error,
    });
  }
}
