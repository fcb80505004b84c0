import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { parseReplies } from '../replies.mjs';

/**
 * One connection to the server that nobody well-meaning would make.
 *
 * @typedef {object} Attack
 * @property {string} name
 * @property {string} family
 * @property {readonly (Buffer | number)[]} steps bytes to send, and milliseconds to wait between them
 * @property {Expectation} expects
 * @property {Manner} [manner] `listen` (default): leaves its side open, until it has as many answers as it waits for;
 *   `linger`: the same, but looks whether more than that comes; `outwait`: never gives up, so that the server must;
 *   `half-close`: ends its side at once; `reset`: is gone at once
 * @property {number} [patienceMs] so long after its start, without the answer, it ends its side, and the server must come to an end
 *
 * @typedef {'listen' | 'linger' | 'outwait' | 'half-close' | 'reset'} Manner
 *
 * @typedef {object} Expectation
 * @property {string} note what may come, in words
 * @property {number} answers how many to wait for
 * @property {(statuses: readonly number[]) => boolean} isMet
 *
 * @typedef {object} Outcome
 * @property {readonly number[]} statuses of the whole answers
 * @property {Buffer} received
 * @property {boolean} isTorn whether the last answer was cut off
 * @property {boolean} isHung whether the server neither answered nor closed
 */

const PATIENCE_MS = 30_000;
const LINGER_MS = 200;
/** How long a server may take to close a connection whose client has ended its side. */
const CLOSING_MS = 30_000;

/** @param {import('../wire.mjs').Address} address @param {Attack} attack @returns {Promise<Outcome>} */
export async function launch(address, { steps, expects, manner = 'listen', patienceMs = PATIENCE_MS }) {
  const deadline = performance.now() + patienceMs;
  const line = await openLine(address);
  for (const step of steps) {
    if (line.isOver()) break;
    if (typeof step === 'number') await Promise.race([sleep(step), line.over]);
    else line.socket.write(step);
  }
  if (manner === 'reset') {
    line.socket.resetAndDestroy();
    return { statuses: [], received: line.received(), isTorn: false, isHung: false };
  }
  if (manner === 'half-close') line.socket.end();
  else await line.answered(expects.answers, deadline);
  if (manner === 'linger') await Promise.race([sleep(LINGER_MS), line.over]);
  const hasAll = line.replies().replies.length >= expects.answers;
  let isHung = false;
  if (!line.isOver() && !hasAll && manner === 'outwait') isHung = true;
  else if (!line.isOver() && !hasAll) {
    line.socket.end();
    isHung = !(await Promise.race([line.over, sleep(CLOSING_MS, 'late')]).then((how) => how !== 'late'));
  }
  const { replies, rest } = line.replies();
  line.socket.destroy();
  return {
    statuses: replies.map(({ status }) => status),
    received: line.received(),
    isTorn: rest.length > 0,
    isHung,
  };
}

/**
 * A raw connection and all that came over it.
 * @param {import('../wire.mjs').Address} address
 */
async function openLine(address) {
  const socket = connect({ ...address, noDelay: true, allowHalfOpen: true });
  /** @type {Buffer[]} */
  const chunks = [];
  let isOver = false;
  /** @type {() => void} */
  let wake = () => undefined;
  /** @type {Promise<'over'>} */
  const over = new Promise((resolve) => {
    const end = () => {
      isOver = true;
      wake();
      resolve('over');
    };
    socket.once('end', end);
    socket.once('close', end);
    // What the server does to a connection that it refuses is its own affair; what counts is what it answered before.
    socket.on('error', end);
  });
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    wake();
  });
  const received = () => Buffer.concat(chunks);
  const replies = () => parseReplies(received(), { ended: isOver });
  await new Promise((resolve) => {
    socket.once('connect', resolve);
    void over.then(resolve);
  });
  return {
    socket,
    over,
    received,
    replies,
    isOver: () => isOver,
    /** Resolves when so many answers have come, the connection is over, or the time is. @param {number} count @param {number} deadline */
    answered: async (count, deadline) => {
      while (!isOver && replies().replies.length < count && performance.now() < deadline) {
        /** @type {Promise<void>} */
        const something = new Promise((resolve) => (wake = resolve));
        const timer = setTimeout(() => wake(), deadline - performance.now());
        await something;
        clearTimeout(timer);
      }
    },
  };
}
