import { parseSize } from '../../commands/grammar/size.ts';
import type { Environment } from './environment.ts';
import { variable } from './variables.ts';

const DEFAULT_BYTES = 20_000_000_000;

/** How many bytes of downloaded models are kept. Throws USAGE. */
export function resolveCacheLimit(environment: Environment): number {
  const text = variable(environment, 'CAISSON_CACHE_SIZE');
  return text === undefined ? DEFAULT_BYTES : parseSize(text, 'CAISSON_CACHE_SIZE');
}
