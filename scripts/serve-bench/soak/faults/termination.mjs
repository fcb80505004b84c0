import { setTimeout as sleep } from 'node:timers/promises';

import { exitCode, signalContainer } from '../../containers.mjs';
import { requestBytes } from '../../wire.mjs';
import { clients, counted, gatherCrowd } from '../crowd.mjs';
import { example, must, none, told } from '../figures.mjs';
import { rightQuestions } from '../questions.mjs';
import { startWorkers } from '../start.mjs';
import { askOnce, ORDINARY, tell } from '../unruly.mjs';

const END_MS = 30_000;
/** Requests before the signal. */
const WARM = 2000;
const DRAIN_SECONDS = 2;
const SLEEPERS = 8;

/** @typedef {import('../field.mjs').Field} Field */
/** @typedef {import('../figures.mjs').Figure} Figure */

/** SIGTERM under load: what was sent over a connection that was open is answered. @param {Field} field @returns {Promise<Figure[]>} */
export async function termination(field) {
  const running = await startWorkers(field, { image: field.images.iris, workers: 2 });
  const habits = [
    ...clients(16, { pauseMs: 1, staysConnected: true }),
    ...clients(16, { pauseMs: 50, staysConnected: true }),
    ...clients(4, { pauseMs: 5, staysConnected: false }),
  ];
  const crowd = gatherCrowd(running.address, { questions: rightQuestions(field.answers), habits });
  await crowd.warm(WARM);
  const start = performance.now();
  const { code, seconds } = await terminate(field, running.id);
  const events = await crowd.stop();
  const wrong = events.filter(({ result }) => result === 'wrong');
  const broken = events.filter(({ result }) => result === 'broken');
  const dropped = broken.filter(({ isFirst }) => !isFirst);
  return [
    told('SIGTERM: requests', String(events.length - counted(events, 'unreachable'))),
    none('SIGTERM: wrong answers', wrong.length),
    none('SIGTERM: requests dropped', dropped.length),
    told('SIGTERM: connections reset before a first answer', String(broken.length - dropped.length)),
    must('SIGTERM: exit code', String(code), '0', code === 0),
    told('SIGTERM: ended after', `${seconds.toFixed(2)} s`),
    ...[...wrong.slice(0, 4), ...dropped.slice(0, 4)].map(({ at, detail }) =>
      example(`${((at - start) / 1000).toFixed(3)} s after SIGTERM: ${detail}`),
    ),
  ];
}

/**
 * SIGTERM with a delay: the server says that it is not ready and goes on serving, so that a load balancer can turn away first.
 * @param {Field} field @returns {Promise<Figure[]>}
 */
export async function drain(field) {
  const env = [`CAISSON_DRAIN_DELAY=${DRAIN_SECONDS}`];
  const running = await startWorkers(field, { image: field.images.unruly, workers: 2, env });
  const { address } = running;
  const sleepers = Array.from({ length: SLEEPERS }, () => tell(address, 'sleep'));
  await sleep(200);
  const ending = terminate(field, running.id);
  const ready = requestBytes({ method: 'GET', path: '/health/ready' });
  /** @type {{ ready: number, answer: number }[]} */
  const seen = [];
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  while (elapsed() < DRAIN_SECONDS - 0.3) {
    const [{ status }, answer] = await Promise.all([askOnce(address, ready), tell(address, 'answer')]);
    seen.push({
      ready: status,
      answer: ORDINARY.isRight(answer.status === 200 ? answer.body : '{"predictions":[]}')
        ? 200
        : answer.status,
    });
    await sleep(50);
  }
  const slept = await Promise.all(sleepers);
  const { code, seconds } = await ending;
  const turned = seen.findIndex((look) => look.ready === 503);
  return [
    told('drain: looks, the first with 503', `${seen.length}, ${turned + 1}`),
    none(
      'drain: ready after that',
      turned < 0 ? seen.length : seen.slice(turned).filter((look) => look.ready !== 503).length,
    ),
    none('drain: new connections not answered', seen.filter(({ answer }) => answer !== 200).length),
    none('drain: requests under way dropped', slept.filter(({ status }) => status !== 200).length),
    must('drain: ended after', `${seconds.toFixed(2)} s`, `>= ${DRAIN_SECONDS} s`, seconds >= DRAIN_SECONDS),
    must('drain: exit code', String(code), '0', code === 0),
  ];
}

/** @param {Field} field @param {string} id */
async function terminate({ api, session }, id) {
  const start = performance.now();
  await signalContainer(api, id, 'TERM');
  const code = await exitCode(api, id, { timeoutMs: END_MS, signal: session.signal });
  return { code, seconds: (performance.now() - start) / 1000 };
}
