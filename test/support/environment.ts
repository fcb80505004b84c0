import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const VARIABLES = {
  dockerHost: 'CAISSON_TEST_DOCKER_HOST',
  baseImage: 'CAISSON_TEST_BASE_IMAGE',
  registry: 'CAISSON_TEST_REGISTRY',
  authRegistry: 'CAISSON_TEST_AUTH_REGISTRY',
  mlflowPython: 'CAISSON_TEST_MLFLOW_PYTHON',
  trackingUri: 'CAISSON_TEST_TRACKING_URI',
  trackingIds: 'CAISSON_TEST_TRACKING_IDS',
} as const;

/**
 * A part of the real world that `npm test` started for us. Throws when it did not: a test that skips itself tells nobody.
 * `registry` and `authRegistry` are host:port; the second wants the login below.
 */
export function testPart(name: keyof typeof VARIABLES): string {
  const variable = VARIABLES[name];
  const value = process.env[variable];
  if (value === undefined || value === '')
    throw new Error(`${variable} is not set: run npm test -- --only e2e`);
  return value;
}

/** CA bundle of this host that builds need behind a TLS-inspecting proxy; undefined where there is none. */
export const testCa = (): string | undefined => process.env['CAISSON_TEST_CA'];

export { REGISTRY_LOGIN } from '../../scripts/setup/registry.mjs';

export interface IrisIds {
  readonly runId: string;
  readonly modelId: string;
  readonly secondRunId: string;
  readonly secondModelId: string;
}

/** Ids of fixtures/store. */
export const fixtureIds = (): IrisIds =>
  JSON.parse(readFileSync(`${ROOT}/fixtures/store.json`, 'utf8')) as IrisIds;

/** Ids on the tracking server of this test run. */
export const serverIds = (): IrisIds => JSON.parse(testPart('trackingIds')) as IrisIds;

export const FIXTURE_STORE = `sqlite:///${ROOT}/fixtures/store/mlflow.db`;
