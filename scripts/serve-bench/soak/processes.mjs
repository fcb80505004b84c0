import { readFileSync } from 'node:fs';

import { SetUpError } from '../../support/terminal.mjs';
import { inRoot } from '../../support/paths.mjs';
import { execute } from '../containers.mjs';

/**
 * A process that the first one of the container has started, and the clients' ports of its connections.
 * @typedef {{ pid: number, peers: number[] }} Worker
 */

/** @param {import('../containers.mjs').DockerApi} api @param {string} id @returns {Promise<Worker[]>} */
export const workersOf = (api, id) => runInside(api, id, []);

/**
 * Kills a worker with SIGKILL; returns all as they were just before.
 * @param {import('../containers.mjs').DockerApi} api @param {string} id @param {number} pid in the container @returns {Promise<Worker[]>}
 */
export const killWorker = (api, id, pid) => runInside(api, id, [String(pid)]);

/** @param {import('../containers.mjs').DockerApi} api @param {string} id @param {readonly string[]} args @returns {Promise<Worker[]>} */
async function runInside(api, id, args) {
  const program = readFileSync(inRoot('scripts/serve-bench/soak/processes.py'), 'utf8');
  const text = await execute(api, id, ['python', '-c', program, ...args]);
  try {
    return JSON.parse(text);
  } catch {
    throw new SetUpError(`the processes of the container cannot be seen: ${text.trim()}`);
  }
}
