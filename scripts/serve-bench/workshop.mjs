import { provideBaseImage } from '../setup/base-image.mjs';
import { provideEngine } from '../setup/engine.mjs';
import { findEngine } from '../setup/find-engine.mjs';
import { compile, installNodeModules } from '../setup/node.mjs';
import { becomeTheOnlyRun } from '../setup/only-run.mjs';
import { providePython, PYTHON } from '../setup/python.mjs';
import { agree, survey } from '../setup/survey.mjs';
import { heading } from '../support/terminal.mjs';

/**
 * Everything that images are built with: engine, base image, compiled command, real MLflow.
 * @param {import('../support/session.mjs').Session} session
 * @param {{ yes: boolean, alsoInstalls?: readonly string[] }} options `alsoInstalls`: lines on what the caller installs afterwards
 * @returns {Promise<import('./images.mjs').Workshop & { origin: 'found' | 'own' }>} `origin`: whose engine it is
 */
export async function provideWorkshop(session, { yes, alsoInstalls = [] }) {
  const { signal } = session;
  const engineAnswers = (await findEngine()) !== undefined;
  const lines = await survey({ engineAnswers, needsEngine: true, environments: [PYTHON] });
  await agree([...lines, ...alsoInstalls], { yes, signal });
  await becomeTheOnlyRun(session);
  heading('Set-up');
  await installNodeModules(signal);
  await compile();
  await providePython(PYTHON, signal);
  const { api, origin } = await provideEngine(session);
  return { api, signal, origin, base: await provideBaseImage(api, signal) };
}
