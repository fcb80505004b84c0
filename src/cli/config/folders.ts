import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { withoutUndefined } from '../../core/objects.ts';
import type { Environment } from './environment.ts';
import { variable } from './variables.ts';

export interface Folders {
  readonly home: string;
  /** caisson's own cache; made by whoever needs it. */
  readonly cache: string;
  /** Where docker's config.json and contexts are. */
  readonly dockerConfig: string;
  /** XDG_RUNTIME_DIR: where a rootless engine listens. */
  readonly runtime?: string;
}

export function resolveFolders(environment: Environment): Folders {
  const home = variable(environment, 'HOME') ?? homedir();
  const cacheHome = variable(environment, 'XDG_CACHE_HOME');
  // the XDG specification tells to ignore relative paths
  const cacheRoot = cacheHome !== undefined && isAbsolute(cacheHome) ? cacheHome : join(home, '.cache');
  return withoutUndefined({
    home,
    cache: join(cacheRoot, 'caisson'),
    dockerConfig: variable(environment, 'DOCKER_CONFIG') ?? join(home, '.docker'),
    runtime: variable(environment, 'XDG_RUNTIME_DIR'),
  });
}
