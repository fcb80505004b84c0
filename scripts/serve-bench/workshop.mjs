import { provideBaseImage } from '../setup/base-image.mjs';
import { provideEngine } from '../setup/engine.mjs';
import { findEngine } from '../setup/find-engine.mjs';
import { compile, installNodeModules } from '../setup/node.mjs';
import { becomeTheOnlyRun } from '../setup/only-run.mjs';
import { providePython, PYTHON } from '../setup/python.mjs';
import { agree, survey } from '../setup/survey.mjs';
import { canInstallPackages } from '../setup/apt.mjs';
import { which } from '../support/processes.mjs';
import { heading } from '../support/terminal.mjs';

/**
 * Everything that images are built with: engine, base image, compiled command, real MLflow.
 * @param {import('../support/session.mjs').Session} session @param {{ yes: boolean }} options
 * @returns {Promise<import('./images.mjs').Workshop>}
 */
export async function provideWorkshop(session, { yes }) {
  const { signal } = session;
  const engineAnswers = (await findEngine()) !== undefined;
  const lines = await survey({ engineAnswers, needsEngine: true, environments: [PYTHON] });
  if (which('wrk') === undefined && canInstallPackages()) lines.push('Debian package: wrk');
  await agree(lines, { yes, signal });
  await becomeTheOnlyRun(session);
  heading('Set-up');
  await installNodeModules(signal);
  await compile(signal);
  await providePython(PYTHON, signal);
  const { api } = await provideEngine(session);
  return { api, signal, base: await provideBaseImage(api, signal) };
}
