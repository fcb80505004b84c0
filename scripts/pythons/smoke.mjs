import { readdirSync } from 'node:fs';
import path from 'node:path';

import { provideBaseImage } from '../setup/base-image.mjs';
import { flowers, species } from '../serve-bench/bodies.mjs';
import { execute, startLimited } from '../serve-bench/containers.mjs';
import { buildCaisson } from '../serve-bench/images.mjs';
import { untilReady } from '../serve-bench/ready.mjs';
import { requestBytes, Wire } from '../serve-bench/wire.mjs';
import { messageOf, SetUpError } from '../support/terminal.mjs';

/**
 * Builds and runs an image of the iris model that this Python saved, and asks it.
 * @param {import('../support/session.mjs').Session} session @param {import('../serve-bench/images.mjs').Workshop} workshop
 * @param {{ python: import('./suite.mjs').Python, models: string }} what @returns {Promise<import('../suites/result.mjs').SuiteResult>}
 */
export async function smoke(session, workshop, { python, models }) {
  const start = performance.now();
  const result = { name: `image, Python ${python}`, passed: 1, failed: 0, skipped: 0, output: '' };
  try {
    const base = await provideBaseImage(workshop.api, session.signal, python);
    const folder = readdirSync(models).find((name) => name.endsWith('-iris-columns'));
    if (folder === undefined) throw new SetUpError(`no model in ${models}`);
    const tag = `caisson-test/iris-python:${python}`;
    await buildCaisson({ ...workshop, base }, { model: path.join(models, folder), tag });
    await ask(session, workshop.api, { tag, python });
  } catch (error) {
    session.signal.throwIfAborted();
    Object.assign(result, { passed: 0, failed: 1, output: messageOf(error) });
  }
  return { ...result, seconds: (performance.now() - start) / 1000 };
}

/**
 * @param {import('../support/session.mjs').Session} session @param {import('../setup/docker-api.mjs').DockerApi} api
 * @param {{ tag: string, python: string }} what
 */
async function ask(session, api, { tag, python }) {
  const limits = { cpus: 2, memoryMib: 2048 };
  const running = await startLimited(api, session, { image: tag, port: 5001, limits });
  await untilReady(api, running, { path: '/ping', signal: session.signal });
  const version = await execute(api, running.id, ['python', '-c', 'import sys; print(sys.version_info[:2])']);
  if (version.trim() !== `(${python.replace('.', ', ')})`)
    throw new SetUpError(`the image has Python ${version.trim()}`);
  const wire = new Wire(running.address);
  const bytes = requestBytes({
    path: '/predict',
    type: 'application/json',
    body: JSON.stringify({ inputs: flowers(3) }),
  });
  const { status, body } = await wire.ask(bytes);
  wire.close();
  if (status !== 200 || body.toString() !== JSON.stringify({ predictions: species(3) }))
    throw new SetUpError(`the image answered ${status}: ${body.toString()}`);
  await running.remove();
}
