import { setTimeout as sleep } from 'node:timers/promises';

import { exitCode, inspect } from '../../containers.mjs';
import { must, none, told } from '../figures.mjs';
import { workersOf } from '../processes.mjs';
import { startWorkers } from '../start.mjs';
import { tell, wrongOf } from '../unruly.mjs';

/** Enough for MLflow and a worker, and soon filled. */
const SMALL_MIB = 640;
const MOST_LEAKS = 100;
const MOST_EXITS = 20;
const ORDINARY = 20;
const BACK_MS = 10_000;

/** @typedef {import('../field.mjs').Field} Field */
/** @typedef {import('../figures.mjs').Figure} Figure */
/** @typedef {import('../../containers.mjs').Running} Running */

/** A model that leaks until its worker is killed. @param {Field} field @returns {Promise<Figure[]>} */
export async function leak(field) {
  const { api } = field;
  const running = await startWorkers(field, { image: field.images.unruly, workers: 1, memoryMib: SMALL_MIB });
  const before = await workersOf(api, running.id);
  let asked = 0;
  let hasDied = false;
  while (asked < MOST_LEAKS && !hasDied) {
    asked += 1;
    const { status } = await tell(running.address, 'leak', 60_000);
    hasDied = status === 0;
  }
  const back = await untilBack(running);
  const wrong = await wrongOf(running.address, ORDINARY);
  const isAlive = (await inspect(api, running.id)).State.Running === true;
  const after = isAlive ? await workersOf(api, running.id) : [];
  const isReplaced = after.length > 0 && !after.some(({ pid }) => pid === before[0]?.pid);
  return [
    told('leak: requests until the worker was killed', String(asked)),
    must('leak: the server lives', String(isAlive), 'true', isAlive),
    must('leak: the worker is replaced', String(hasDied && isReplaced), 'true', hasDied && isReplaced),
    must('leak: back after', `${back.toFixed(1)} s`, '<= 5 s', back <= 5),
    none('leak: answers wrong afterwards', wrong),
  ];
}

/** A model that leaves: an answer when Python can still give one, and a new worker when not. @param {Field} field @returns {Promise<Figure[]>} */
export async function exits(field) {
  const { api } = field;
  const running = await startWorkers(field, { image: field.images.unruly, workers: 2 });
  const { address, id } = running;
  const failed = await tell(address, 'fail');
  const left = await tell(address, 'exit');
  const afterExit = (await untilBack(running), await wrongOf(address, ORDINARY));
  await tell(address, 'os_exit');
  const back = await untilBack(running);
  const afterOsExit = await wrongOf(address, ORDINARY);
  const survives = (await inspect(api, id)).State.Running === true;
  const { code, deaths } = await exitUntilItEnds(running, field);
  return [
    must('a model that fails', String(failed.status), '400', failed.status === 400),
    must(
      'sys.exit',
      left.status === 0 ? 'broken' : String(left.status),
      'no 2xx',
      left.status >= 300 || left.status === 0,
    ),
    none('sys.exit: answers wrong afterwards', afterExit),
    must('os._exit: back after', `${back.toFixed(1)} s`, '<= 2 s', back <= 2),
    none('os._exit: answers wrong afterwards', afterOsExit),
    must('os._exit: the container survives it', String(survives), 'true', survives),
    told('os._exit again and again: deaths until the end', String(deaths)),
    must('os._exit again and again: exit code', String(code), 'above 0', code !== undefined && code > 0),
  ];
}

/** @param {Running} running @param {Field} field */
async function exitUntilItEnds(running, { api, session }) {
  for (let deaths = 1; deaths <= MOST_EXITS; deaths += 1) {
    await tell(running.address, 'os_exit', 5000);
    const code = await exitCode(api, running.id, { timeoutMs: 1000, signal: session.signal });
    if (code !== undefined) return { code, deaths };
    await untilBack(running);
  }
  return { code: undefined, deaths: MOST_EXITS };
}

/** Seconds until an ordinary question is answered right. @param {Running} running */
async function untilBack({ address }) {
  const start = performance.now();
  while (performance.now() - start < BACK_MS) {
    if ((await wrongOf(address, 1)) === 0) return (performance.now() - start) / 1000;
    await sleep(20);
  }
  return Infinity;
}
