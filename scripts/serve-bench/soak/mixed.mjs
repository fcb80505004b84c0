import { startLimited, watchMemory } from '../containers.mjs';
import { untilReady } from '../ready.mjs';
import { quantile, slope } from '../statistics.mjs';
import { Wire } from '../wire.mjs';
import { example, must, none, told } from './figures.mjs';
import { mixedQuestions } from './questions.mjs';
import { randomFrom } from './random.mjs';

/** Growth of a flat curve, in MiB for each 100,000 requests: what the noise of an allocator comes to. */
const FLAT_MIB = 12;
/** The first part of the run fills caches and pools, and tells nothing about growth. */
const WARM_UP = 0.4;
const PATIENCE_MS = 60_000;
const EXAMPLES = 10;

/** @typedef {import('./field.mjs').Field} Field */
/** @typedef {import('./figures.mjs').Figure} Figure */
/** @typedef {import('./questions.mjs').Question} Question */
/** @typedef {{ requests: number, connections: number }} Size */

/**
 * Many requests of all kinds over many connections, every answer compared with the known one.
 * @param {Field} field @param {Size} size @returns {Promise<Figure[]>}
 */
export async function mixedLoad({ api, session, images, limits, answers }, size) {
  const running = await startLimited(api, session, { image: images.iris, port: 5001, limits });
  await untilReady(api, running, { path: '/ping', signal: session.signal });
  const tally = newTally();
  const random = randomFrom(1);
  const questions = mixedQuestions(answers, random);
  const memory = watchMemory(api, running.id, 250);
  const start = performance.now();
  let next = 0;
  const client = async () => {
    const wire = new Wire(running.address);
    while (next < size.requests && !session.signal.aborted) {
      next += 1;
      await tally.ask(wire, random.pick(questions));
    }
    wire.close();
  };
  await Promise.all(Array.from({ length: size.connections }, client));
  session.signal.throwIfAborted();
  const seconds = (performance.now() - start) / 1000;
  const curve = (await memory.stop()).map(({ at, mib }) => ({ x: tally.doneAt(at), y: mib }));
  return [
    told('mixed: requests, connections', `${size.requests}, ${size.connections}`),
    told('mixed: requests/s', (size.requests / seconds).toFixed(0)),
    ...tally.figures(),
    ...memoryFigures(curve, size.requests),
    ...tally.examples(),
  ];
}

/** Asks, compares and counts. */
function newTally() {
  const count = { wrong: 0, serverErrors: 0, broken: 0 };
  /** @type {Map<string, string>} */
  const examples = new Map();
  /** @type {number[]} */
  const latencies = [];
  /** When each request was over. @type {number[]} */
  const ends = [];
  return {
    /** @param {Wire} wire @param {Question} question */
    ask: async (wire, question) => {
      const sent = performance.now();
      try {
        const { status, body } = await wire.ask(question.bytes, PATIENCE_MS);
        latencies.push(performance.now() - sent);
        const text = body.toString('utf8');
        if (status >= 500) count.serverErrors += 1;
        if (status !== question.status || !isRight(question, text)) {
          count.wrong += 1;
          examples.set(question.name, `${status} ${text.slice(0, 160)}`);
        }
      } catch (error) {
        count.broken += 1;
        examples.set(`${question.name}: connection`, String(error));
      }
      ends.push(performance.now());
    },
    /** How many were over at a moment. @param {number} at */
    doneAt: (at) => firstAfter(ends, at),
    figures: () => [
      none('mixed: wrong answers', count.wrong),
      none('mixed: 5xx', count.serverErrors),
      none('mixed: broken connections', count.broken),
      told(
        'mixed: p50, p99',
        `${quantile(latencies, 0.5).toFixed(1)} ms, ${quantile(latencies, 0.99).toFixed(1)} ms`,
      ),
    ],
    examples: () => [...examples].slice(0, EXAMPLES).map(([name, text]) => example(`${name}: ${text}`)),
  };
}

/** The first place in an ascending list whose value is above the given one. @param {readonly number[]} list @param {number} value */
function firstAfter(list, value) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] ?? Infinity) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** @param {Question} question @param {string} text */
function isRight(question, text) {
  try {
    return question.isRight(text);
  } catch {
    return false;
  }
}

/** @param {readonly { x: number, y: number }[]} curve requests done, MiB @param {number} requests @returns {Figure[]} */
function memoryFigures(curve, requests) {
  const moments = [0, 0.25, 0.5, 0.75, 1].map(
    (share) => curve[Math.round(share * (curve.length - 1))]?.y ?? NaN,
  );
  const growth = slope(curve.filter(({ x }) => x >= requests * WARM_UP)) * 100_000;
  return [
    told('mixed: memory', `${moments.map((mib) => mib.toFixed(0)).join(' ')} MiB`),
    must('mixed: growth for 100,000', `${growth.toFixed(1)} MiB`, `<= ${FLAT_MIB} MiB`, growth <= FLAT_MIB),
  ];
}
