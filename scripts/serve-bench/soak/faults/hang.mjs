import { setTimeout as sleep } from 'node:timers/promises';

import { must, none, told } from '../figures.mjs';
import { workersOf } from '../processes.mjs';
import { startWorkers } from '../start.mjs';
import { tell, wrongOf } from '../unruly.mjs';

const TIMEOUT_SECONDS = 2;
/** Two seconds more than the time-out: what a busy machine takes to say so. */
const PATIENCE_SECONDS = TIMEOUT_SECONDS + 2;
/** New workers load the model first. */
const HEALED_SECONDS = 30;
/** More than any worker has threads. */
const MANY = 64;
/** The supervisor lets a worker's event loop stand still for half a minute, and starting a new one takes a moment. */
const HELD_SECONDS = 45;
const ORDINARY = 20;

/** @typedef {import('../figures.mjs').Figure} Figure */
/** @typedef {{ api: import('../../containers.mjs').DockerApi, address: import('../../wire.mjs').Address, id: string }} Server */

/**
 * A model that hangs: in one thread, then in all of them, then with Python's global lock.
 * @param {import('../field.mjs').Field} field @returns {Promise<Figure[]>}
 */
export async function hang(field) {
  const env = [`MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT=${TIMEOUT_SECONDS}`];
  const { address, id } = await startWorkers(field, { image: field.images.unruly, workers: 2, env });
  const server = { api: field.api, address, id };
  return [...(await hangOnce(server)), ...(await hangEverywhere(server)), ...(await holdLock(server))];
}

/** @param {Server} server @returns {Promise<Figure[]>} */
async function hangOnce({ address }) {
  const hanging = tell(address, 'hang');
  await sleep(200);
  const wrong = await wrongOf(address, ORDINARY);
  const { status, seconds } = await hanging;
  const isInTime = status === 504 && seconds <= PATIENCE_SECONDS;
  return [
    must(
      'hang: one',
      `${status} after ${seconds.toFixed(1)} s`,
      `504 within ${PATIENCE_SECONDS} s`,
      isInTime,
    ),
    none('hang: ordinary answers wrong beside it', wrong),
  ];
}

/** @param {Server} server @returns {Promise<Figure[]>} */
async function hangEverywhere({ api, address, id }) {
  const before = await workersOf(api, id);
  const many = await Promise.all(Array.from({ length: MANY }, () => tell(address, 'hang')));
  const slowest = Math.max(...many.map(({ seconds }) => seconds));
  const healed = await untilRight(address, HEALED_SECONDS * 2);
  const wrong = await wrongOf(address, ORDINARY);
  const after = await workersOf(api, id);
  const replaced = before.filter(({ pid }) => !after.some((worker) => worker.pid === pid)).length;
  const others = many.filter(({ status }) => status !== 504 && status !== 503);
  return [
    told(`hang: ${MANY}`, statuses(many)),
    none(`hang: ${MANY}, not 504 or 503`, others.length),
    must(
      `hang: ${MANY}, the slowest`,
      `${slowest.toFixed(1)} s`,
      `<= ${PATIENCE_SECONDS} s`,
      slowest <= PATIENCE_SECONDS,
    ),
    must(
      'hang: right again after',
      `${healed.toFixed(1)} s`,
      `<= ${HEALED_SECONDS} s`,
      healed <= HEALED_SECONDS,
    ),
    none('hang: ordinary answers wrong afterwards', wrong),
    must('hang: workers replaced', String(replaced), '>= 1', replaced >= 1),
  ];
}

/** @param {Server} server @returns {Promise<Figure[]>} */
async function holdLock({ api, address, id }) {
  const known = await workersOf(api, id);
  void tell(address, 'hold', 1000);
  const seconds = await untilGone({ api, id, known });
  await sleep(1000);
  const wrong = await wrongOf(address, ORDINARY);
  return [
    must(
      'lock held: worker replaced after',
      `${seconds.toFixed(0)} s`,
      `<= ${HELD_SECONDS} s`,
      seconds <= HELD_SECONDS,
    ),
    none('lock held: ordinary answers wrong afterwards', wrong),
  ];
}

/** Seconds until ten in a row were right; Infinity when the time is over before. @param {import('../../wire.mjs').Address} address @param {number} most */
async function untilRight(address, most) {
  const start = performance.now();
  for (;;) {
    const seconds = (performance.now() - start) / 1000;
    if (seconds > most) return Infinity;
    if ((await wrongOf(address, 10)) === 0) return seconds;
    await sleep(100);
  }
}

/**
 * Seconds until one of the known workers is no more.
 * @param {{ api: import('../../containers.mjs').DockerApi, id: string, known: readonly import('../processes.mjs').Worker[] }} what
 */
async function untilGone({ api, id, known }) {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  while (seconds() <= HELD_SECONDS) {
    const workers = await workersOf(api, id);
    if (known.some(({ pid }) => !workers.some((worker) => worker.pid === pid))) return seconds();
    await sleep(500);
  }
  return Infinity;
}

/** @param {readonly import('../unruly.mjs').Answer[]} answers */
function statuses(answers) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} x ${status}`).join(', ');
}
