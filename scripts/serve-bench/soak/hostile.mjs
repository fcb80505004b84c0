import { inspect } from '../containers.mjs';
import { Wire } from '../wire.mjs';
import { launch } from './attack.mjs';
import { attacks } from './attacks/all.mjs';
import { example, must, none, told } from './figures.mjs';
import { leakIn } from './leaks.mjs';
import { workersOf } from './processes.mjs';
import { mixedQuestions } from './questions.mjs';
import { randomFrom } from './random.mjs';
import { startWorkers } from './start.mjs';

/** Attacks at the same time. The slow ones wait beside these. */
const SIDE_BY_SIDE = 24;
const CHECK_EVERY = 100;
const CHECKS_AFTERWARDS = 200;
const EXAMPLES = 25;

/** @typedef {import('./attack.mjs').Attack} Attack */
/** @typedef {import('./attack.mjs').Outcome} Outcome */
/** @typedef {import('./field.mjs').Field} Field */
/** @typedef {import('./figures.mjs').Figure} Figure */
/** @typedef {'5xx' | 'hung' | 'leak' | 'unexpected'} Fault */

/**
 * Requests that nobody well-meaning sends: each is refused, and right answers go on in between.
 * @param {Field} field @param {number} count @returns {Promise<Figure[]>}
 */
export async function hostile(field, count) {
  const { api, session, images, answers } = field;
  const list = attacks(answers, randomFrom(2), count);
  const running = await startWorkers(field, { image: images.iris, workers: 2 });
  const before = await workersOf(api, running.id);
  const checks = checker(running.address, answers);
  const tally = newTally();
  const start = performance.now();
  await inParallel(list, async (attack, at) => {
    session.signal.throwIfAborted();
    tally.add(attack, await launch(running.address, attack));
    if (at % CHECK_EVERY === 0) await checks.ask(1);
  });
  const seconds = (performance.now() - start) / 1000;
  await checks.ask(CHECKS_AFTERWARDS);
  const isAlive = (await inspect(api, running.id)).State.Running === true;
  const after = isAlive ? await workersOf(api, running.id) : [];
  const lost = before.filter(({ pid }) => !after.some((worker) => worker.pid === pid)).length;
  return [
    told('hostile: requests, kinds', `${list.length}, ${new Set(list.map(({ family }) => family)).size}`),
    told('hostile: seconds', seconds.toFixed(0)),
    told('hostile: refused, closed, valid after all', tally.summary()),
    none('hostile: 5xx', tally.count('5xx')),
    none('hostile: answers that are not expected', tally.count('unexpected')),
    none('hostile: connections that hang', tally.count('hung')),
    none('hostile: answers with a path or a stack trace', tally.count('leak')),
    none('hostile: wrong answers in between', checks.wrong()),
    must('hostile: server alive', String(isAlive), 'true', isAlive),
    none('hostile: workers that died', lost),
    ...tally.examples(),
    ...checks.examples(),
  ];
}

/**
 * Runs the work for each of a list; the slow attacks, which only wait, do not stand in the way of the others.
 * @param {readonly Attack[]} list @param {(attack: Attack, at: number) => Promise<void>} work
 */
async function inParallel(list, work) {
  const slow = list.filter(({ family }) => family === 'slow senders');
  const quick = list.filter(({ family }) => family !== 'slow senders');
  let next = 0;
  const lane = async () => {
    for (let at = next++; at < quick.length; at = next++) await work(/** @type {Attack} */ (quick[at]), at);
  };
  await Promise.all([
    ...slow.map((attack) => work(attack, 1)),
    ...Array.from({ length: SIDE_BY_SIDE }, lane),
  ]);
}

/** Judges outcomes and counts them. */
function newTally() {
  /** @type {Record<Fault, number>} */
  const faults = { '5xx': 0, hung: 0, leak: 0, unexpected: 0 };
  /** @type {Map<string, string>} */
  const examples = new Map();
  const ends = { refused: 0, closed: 0, valid: 0 };
  return {
    /** @param {Attack} attack @param {Outcome} outcome */
    add: (attack, outcome) => {
      const fault = judge(attack, outcome);
      const last = outcome.statuses.at(-1);
      ends[last === undefined ? 'closed' : last < 300 ? 'valid' : 'refused'] += 1;
      if (fault === undefined) return;
      faults[fault] += 1;
      const text = outcome.received.toString('latin1').slice(0, 300);
      const got = `[${outcome.statuses.join(' ')}] ${JSON.stringify(text)}`;
      const what = `${fault}: ${attack.family}: ${attack.name}`;
      examples.set(what.slice(0, 60), `${what}: expected ${attack.expects.note}, got ${got}`);
    },
    count: (/** @type {Fault} */ fault) => faults[fault],
    summary: () => `${ends.refused}, ${ends.closed}, ${ends.valid}`,
    examples: () => [...examples.values()].slice(0, EXAMPLES).map(example),
  };
}

/** @param {Attack} attack @param {Outcome} outcome @returns {Fault | undefined} */
function judge({ expects }, { statuses, received, isTorn, isHung }) {
  if (statuses.some((status) => status >= 500)) return '5xx';
  if (isHung) return 'hung';
  if (leakIn(received) !== undefined) return 'leak';
  return isTorn || !expects.isMet(statuses) ? 'unexpected' : undefined;
}

/**
 * Asks what has a known answer.
 * @param {import('../wire.mjs').Address} address @param {import('./questions.mjs').Answers} answers
 */
function checker(address, answers) {
  const random = randomFrom(3);
  const questions = mixedQuestions(answers, random);
  /** @type {Map<string, string>} */
  const wrong = new Map();
  let count = 0;
  return {
    /** @param {number} times */
    ask: async (times) => {
      const wire = new Wire(address);
      for (let asked = 0; asked < times; asked += 1) {
        const question = random.pick(questions);
        try {
          const { status, body } = await wire.ask(question.bytes, 30_000);
          const text = body.toString('utf8');
          if (status === question.status && question.isRight(text)) continue;
          wrong.set(question.name, `${status} ${text.slice(0, 160)}`);
        } catch (error) {
          wrong.set(question.name, String(error));
        }
        count += 1;
      }
      wire.close();
    },
    wrong: () => count,
    examples: () =>
      [...wrong].slice(0, EXAMPLES).map(([name, text]) => example(`in between: ${name}: ${text}`)),
  };
}
