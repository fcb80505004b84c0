import { withoutUndefined } from '../../core/objects.ts';
import type { EngineConfig } from '../../engine/port.ts';
import type { Environment } from './environment.ts';
import type { Folders } from './folders.ts';
import { variable } from './variables.ts';

/** The engine as docker's own client would find it: DOCKER_HOST, else a context, else the default sockets. */
export function resolveEngineConfig(environment: Environment, folders: Folders): EngineConfig {
  return withoutUndefined({
    host: variable(environment, 'DOCKER_HOST'),
    dockerContext: variable(environment, 'DOCKER_CONTEXT'),
    // docker's rule: any value, even 0, turns it on
    tlsVerify: variable(environment, 'DOCKER_TLS_VERIFY') === undefined ? ('off' as const) : ('on' as const),
    certPath: variable(environment, 'DOCKER_CERT_PATH'),
    dockerConfigFolder: folders.dockerConfig,
    homeFolder: folders.home,
    runtimeFolder: folders.runtime,
  });
}
