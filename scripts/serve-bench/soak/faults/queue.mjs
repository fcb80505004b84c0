import { must, none, told } from '../figures.mjs';
import { startWorkers } from '../start.mjs';
import { SLEEP_SECONDS, tell, wrongOf } from '../unruly.mjs';

const CLIENTS = 400;
const QUEUE = 8;
const ORDINARY = 20;

/**
 * More requests than a server with a short queue can take: some are answered, the others are told at once to come again.
 * @param {import('../field.mjs').Field} field @returns {Promise<import('../figures.mjs').Figure[]>}
 */
export async function fullQueue(field) {
  const env = [`CAISSON_QUEUE_SIZE=${QUEUE}`];
  const running = await startWorkers(field, { image: field.images.unruly, workers: 1, env });
  const { address } = running;
  const answers = await Promise.all(Array.from({ length: CLIENTS }, () => tell(address, 'sleep', 60_000)));
  const wrong = await wrongOf(address, ORDINARY);
  const served = answers.filter(({ status }) => status === 200);
  const turnedAway = answers.filter(({ status }) => status === 503);
  const speechless = turnedAway.filter(({ headers }) => !/^\d+$/.test(headers.get('retry-after') ?? ''));
  const slowest = Math.max(...turnedAway.map(({ seconds }) => seconds));
  return [
    told('full queue: served, turned away', `${served.length}, ${turnedAway.length}`),
    must('full queue: some are served', String(served.length), `>= ${QUEUE}`, served.length >= QUEUE),
    must('full queue: some are turned away', String(turnedAway.length), '>= 1', turnedAway.length >= 1),
    none('full queue: neither', CLIENTS - served.length - turnedAway.length),
    none('full queue: 503 without Retry-After', speechless.length),
    must(
      'full queue: the slowest 503',
      `${slowest.toFixed(2)} s`,
      `<= ${SLEEP_SECONDS} s`,
      slowest <= SLEEP_SECONDS,
    ),
    none('full queue: answers wrong afterwards', wrong),
  ];
}
