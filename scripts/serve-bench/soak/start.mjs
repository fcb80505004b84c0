import { startLimited } from '../containers.mjs';
import { untilReady } from '../ready.mjs';
import { requestBytes, Wire } from '../wire.mjs';
import { SetUpError } from '../../support/terminal.mjs';
import { workersOf } from './processes.mjs';

const PORT = 5001;
const PATIENCE_MS = 60_000;

/** @typedef {import('./field.mjs').Field} Field */
/** @typedef {import('../containers.mjs').Running} Running */

/**
 * Starts a container with so many workers, and waits until each has answered: the server is ready when the first one is.
 * @param {Field} field @param {{ image: string, workers: number, env?: readonly string[], memoryMib?: number }} what @returns {Promise<Running>}
 */
export async function startWorkers({ api, session, limits }, { image, workers, env = [], memoryMib }) {
  const running = await startLimited(api, session, {
    image,
    port: PORT,
    env: [...env, `MLFLOW_MODELS_WORKERS=${workers}`],
    limits: { ...limits, memoryMib: memoryMib ?? limits.memoryMib },
  });
  await untilReady(api, running, { path: '/ping', signal: session.signal });
  const served = await untilServedBy(api, running, (pids) => pids.length >= workers);
  if (served === Infinity)
    throw new SetUpError(`${workers} workers do not answer within ${PATIENCE_MS / 1000} s`);
  return running;
}

/**
 * When guests were served by processes that are enough: each look brings a guest, and the emptiest worker takes it. Infinity when the
 * time is over before.
 * @param {import('../containers.mjs').DockerApi} api @param {Running} running @param {(pids: readonly number[]) => boolean} areEnough
 * @returns {Promise<number>} by performance.now()
 */
export async function untilServedBy(api, running, areEnough) {
  const ping = requestBytes({ method: 'GET', path: '/health/ready' });
  const deadline = performance.now() + PATIENCE_MS;
  /** @type {Wire[]} */
  const guests = [];
  try {
    while (performance.now() < deadline) {
      const guest = new Wire(running.address);
      const status = await guest.ask(ping, 1000).then(
        (reply) => reply.status,
        () => 0,
      );
      if (status === 200) guests.push(guest);
      else guest.close();
      const serving = (await workersOf(api, running.id)).filter(({ peers }) => peers.length > 0);
      if (status === 200 && areEnough(serving.map(({ pid }) => pid))) return performance.now();
    }
    return Infinity;
  } finally {
    for (const guest of guests) guest.close();
  }
}
