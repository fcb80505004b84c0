import { setTimeout as sleep } from 'node:timers/promises';

import { SetUpError } from '../support/terminal.mjs';
import { inspect, logTail } from './containers.mjs';
import { requestBytes, Wire } from './wire.mjs';

const PATIENCE_MS = 120_000;
const EVERY_MS = 10;

/**
 * Asks until the path answers 200. Returns the seconds since the container was created.
 * @param {import('../setup/docker-api.mjs').DockerApi} api @param {import('./containers.mjs').Running} running
 * @param {{ path: string, signal: AbortSignal }} options
 */
export async function untilReady(api, running, { path, signal }) {
  const request = requestBytes({ method: 'GET', path, headers: ['Connection: close'] });
  const deadline = performance.now() + PATIENCE_MS;
  for (let tries = 1; performance.now() < deadline; tries += 1) {
    signal.throwIfAborted();
    if (await answersOk(running.address, request)) return (performance.now() - running.startedAt) / 1000;
    if (tries % 100 === 0 && !(await inspect(api, running.id)).State.Running) break;
    await sleep(EVERY_MS);
  }
  throw new SetUpError(
    `the container does not answer 200 at ${path}:\n${await logTail(api, running.id, 25)}`,
  );
}

/** @param {import('./wire.mjs').Address} address @param {Buffer} request */
async function answersOk(address, request) {
  const wire = new Wire(address);
  const timer = setTimeout(() => wire.close(), 2000);
  try {
    await wire.open(500);
    return (await wire.ask(request)).status === 200;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    wire.close();
  }
}
