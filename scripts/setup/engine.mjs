import { say, SetUpError } from '../support/terminal.mjs';
import { canInstallPackages, installPackages } from './apt.mjs';
import { containersNamed, removeContainer } from './docker-api.mjs';
import { findEngine } from './find-engine.mjs';
import { startOwnEngine } from './own-engine.mjs';
import { missingEnginePackages } from './survey.mjs';

/**
 * The container engine of this run: the one that answers, else one of our own that is stopped at the end.
 * @typedef {{ api: import('./docker-api.mjs').DockerApi, version: string, origin: 'found' | 'own' }} Engine
 */

/** Containers of the tests have names that begin so; what a broken-off test left is removed by it. */
const TEST_PREFIX = 'caisson-test-';

/**
 * @param {import('../support/session.mjs').Session} session
 * @returns {Promise<Engine>} Throws a SetUpError when no engine can be had here.
 */
export async function provideEngine(session) {
  const found = await findEngine();
  const engine =
    found === undefined ? await ownEngine(session) : { ...found, origin: /** @type {const} */ ('found') };
  say(
    `engine: Docker ${engine.version} at ${engine.api.host}${engine.origin === 'own' ? ' (our own, stopped at the end)' : ''}`,
  );
  session.atEnd('remove containers of broken-off tests', async () => {
    for (const name of await containersNamed(engine.api, TEST_PREFIX))
      await removeContainer(engine.api, name);
  });
  return engine;
}

/** @param {import('../support/session.mjs').Session} session @returns {Promise<Engine>} */
async function ownEngine(session) {
  if (!canInstallPackages()) {
    throw new SetUpError(
      'no container engine answers, and one can be installed only on Debian or Ubuntu as root',
      'start Docker, or set DOCKER_HOST to an engine (unix:// or tcp:// without TLS)',
    );
  }
  const missing = missingEnginePackages();
  if (missing.length > 0) await installPackages(missing, session.signal);
  const engine = await startOwnEngine(session);
  for (const left of await containersNamed(engine.api, '')) await removeContainer(engine.api, left);
  return { ...engine, origin: 'own' };
}
