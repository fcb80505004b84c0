import { tmpdir } from 'node:os';
import { createEngine } from '../../src/engine/index.ts';
import type { Engine } from '../../src/engine/port.ts';

/** The real engine, base image and registries that the set-up of `npm test` started; absent ones skip their suites. */
const { env } = process;

export const TEST_ENGINE = {
  host: env['CAISSON_TEST_DOCKER_HOST'],
  baseImage: env['CAISSON_TEST_BASE_IMAGE'],
  registry: env['CAISSON_TEST_REGISTRY'],
  /** Wants the login below. */
  authRegistry: env['CAISSON_TEST_AUTH_REGISTRY'],
} as const;

export const TEST_LOGIN = { username: 'caisson', password: 'demo-only' } as const;

/** Why the suites that need all of the engine, base image and registries are skipped; undefined when they run. */
export const skipReason = ((): string | undefined => {
  const missing = [
    ['CAISSON_TEST_DOCKER_HOST', TEST_ENGINE.host],
    ['CAISSON_TEST_BASE_IMAGE', TEST_ENGINE.baseImage],
    ['CAISSON_TEST_REGISTRY', TEST_ENGINE.registry],
    ['CAISSON_TEST_AUTH_REGISTRY', TEST_ENGINE.authRegistry],
  ].filter(([, value]) => value === undefined || value === '');
  return missing.length === 0 ? undefined : `${missing.map(([name]) => name).join(', ')} not set`;
})();

/** The title of a suite with the reason why it is skipped. */
export function titled(title: string): string {
  return skipReason === undefined ? title : `${title} (skipped: ${skipReason})`;
}

export function createTestEngine(): Engine {
  return createEngine({
    host: TEST_ENGINE.host ?? '',
    tlsVerify: 'off',
    dockerConfigFolder: tmpdir(),
    homeFolder: tmpdir(),
  });
}
