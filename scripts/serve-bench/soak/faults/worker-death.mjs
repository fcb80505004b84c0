import { setTimeout as sleep } from 'node:timers/promises';

import { clients, counted, gatherCrowd } from '../crowd.mjs';
import { example, must, none, told } from '../figures.mjs';
import { killWorker, workersOf } from '../processes.mjs';
import { rightQuestions } from '../questions.mjs';
import { startWorkers, untilServedBy } from '../start.mjs';

const CLIENTS = 32;
/** Requests before the blow. */
const WARM = 2000;
const REPLACED_SECONDS = 2;

/** @typedef {import('../figures.mjs').Figure} Figure */

/**
 * SIGKILL for one of two workers under load: only what hung on it may break.
 * @param {import('../field.mjs').Field} field @returns {Promise<Figure[]>}
 */
export async function workerDeath(field) {
  const { api } = field;
  const running = await startWorkers(field, { image: field.images.iris, workers: 2 });
  const habits = clients(CLIENTS, { pauseMs: 1, staysConnected: true });
  const crowd = gatherCrowd(running.address, { questions: rightQuestions(field.answers), habits });
  await crowd.warm(WARM);
  const [first] = (await workersOf(api, running.id)).sort((a, b) => b.peers.length - a.peers.length);
  if (first === undefined) return [must('killed worker: there is one', '0 workers', 'some', false)];
  const before = await killWorker(api, running.id, first.pid);
  const killedAt = performance.now();
  const known = new Set(before.map(({ pid }) => pid));
  const replacedAt = await untilServedBy(api, running, (pids) => pids.some((pid) => !known.has(pid)));
  await sleep(2000);
  const victims = before.find(({ pid }) => pid === first.pid)?.peers ?? [];
  return judge(await crowd.stop(), { victims, killedAt, replacedAt, seesClients: running.seesClients });
}

/**
 * @param {readonly import('../crowd.mjs').Event[]} events
 * @param {{ victims: readonly number[], killedAt: number, replacedAt: number, seesClients: boolean }} death @returns {Figure[]}
 */
function judge(events, { victims, killedAt, replacedAt, seesClients }) {
  const broken = events.filter(({ result }) => result === 'broken');
  const strangers = broken.filter(({ port }) => seesClients && !victims.includes(port ?? 0));
  const late = events.filter(({ at, result }) => at > replacedAt && result !== 'right');
  const seconds = (replacedAt - killedAt) / 1000;
  const isSoon = seconds <= REPLACED_SECONDS;
  const most = victims.length;
  return [
    told('killed worker: requests, its connections', `${events.length}, ${most}`),
    none('killed worker: wrong answers', counted(events, 'wrong')),
    none('killed worker: not accepted', counted(events, 'unreachable')),
    must('killed worker: broken', String(broken.length), `<= ${most}`, broken.length <= most),
    none('killed worker: broken connections of the other', strangers.length),
    must('killed worker: replaced after', `${seconds.toFixed(2)} s`, `<= ${REPLACED_SECONDS} s`, isSoon),
    none('killed worker: not right afterwards', late.length),
    ...[...strangers, ...late].slice(0, 5).map(({ detail }) => example(detail)),
  ];
}
