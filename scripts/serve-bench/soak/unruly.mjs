import { requestBytes, Wire } from '../wire.mjs';

/**
 * The model of models/unruly.py, told what to do.
 *
 * @typedef {'sleep' | 'hang' | 'hold' | 'leak' | 'fail' | 'exit' | 'os_exit'} Deed
 * @typedef {object} Answer
 * @property {number} status 0: the connection broke, or nothing came in time
 * @property {Map<string, string>} headers
 * @property {string} body
 * @property {number} seconds
 */

/** How long the model sleeps when it is told to. */
export const SLEEP_SECONDS = 1.5;
/** A word that it only repeats. */
const WORD = 'answer';

/** @param {string} how */
const question = (how) =>
  requestBytes({
    path: '/invocations',
    type: 'application/json',
    body: JSON.stringify({ dataframe_split: { columns: ['how'], data: [[how]] } }),
  });

/** A question that takes no time, and its answer. @type {import('./questions.mjs').Question} */
export const ORDINARY = {
  name: WORD,
  bytes: question(WORD),
  status: 200,
  isRight: (body) => JSON.parse(body).predictions[0] === WORD,
};

/**
 * Tells the model what to do, over a connection of its own.
 * @param {import('../wire.mjs').Address} address @param {Deed | typeof WORD} how @param {number} [timeoutMs] @returns {Promise<Answer>}
 */
export const tell = (address, how, timeoutMs) => askOnce(address, question(how), timeoutMs);

/** @param {import('../wire.mjs').Address} address @param {Buffer} bytes @param {number} [timeoutMs] @returns {Promise<Answer>} */
export async function askOnce(address, bytes, timeoutMs = 20_000) {
  const wire = new Wire(address);
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  try {
    const { status, headers, body } = await wire.ask(bytes, timeoutMs);
    return { status, headers, body: body.toString('utf8'), seconds: seconds() };
  } catch (error) {
    return { status: 0, headers: new Map(), body: String(error), seconds: seconds() };
  } finally {
    wire.close();
  }
}

/** How many of so many ordinary questions, one after the other, are not answered right. @param {import('../wire.mjs').Address} address @param {number} count */
export async function wrongOf(address, count) {
  let wrong = 0;
  for (let asked = 0; asked < count; asked += 1) {
    const { status, body } = await tell(address, WORD);
    if (status !== 200 || !ORDINARY.isRight(body)) wrong += 1;
  }
  return wrong;
}
