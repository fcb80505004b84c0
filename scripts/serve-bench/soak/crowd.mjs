import { setTimeout as sleep } from 'node:timers/promises';

import { messageOf } from '../../support/terminal.mjs';
import { Wire } from '../wire.mjs';

/**
 * What became of one request.
 *
 * @typedef {object} Event
 * @property {'right' | 'wrong' | 'broken' | 'unreachable'} result broken: sent, and not wholly answered; unreachable: nobody accepted
 *   the connection, so that nothing was sent
 * @property {number} at when it was over, by performance.now()
 * @property {number | undefined} port the client's
 * @property {boolean} isFirst of its connection
 * @property {string} detail
 *
 * @typedef {object} Habit of a client
 * @property {number} pauseMs between its requests
 * @property {boolean} staysConnected
 *
 * @typedef {import('./questions.mjs').Question} Question
 */

const PATIENCE_MS = 30_000;
const RETRY_MS = 20;

/**
 * Clients that ask one after another until they are stopped, each over a connection of its own.
 * @param {import('../wire.mjs').Address} address
 * @param {{ questions: readonly Question[], habits: readonly Habit[] }} people
 */
export function gatherCrowd(address, { questions, habits }) {
  /** @type {Event[]} */
  const events = [];
  let isOver = false;
  /** @param {Habit} habit @param {number} number */
  const client = async ({ pauseMs, staysConnected }, number) => {
    const wire = new Wire(address);
    for (let turn = number; !isOver; turn += 1) {
      const event = await askAndJudge(wire, /** @type {Question} */ (questions[turn % questions.length]));
      events.push(event);
      if (!staysConnected) wire.close();
      // Also a client without pauses lets the others have their turn.
      await sleep(event.result === 'unreachable' ? RETRY_MS : pauseMs);
    }
    wire.close();
  };
  const done = Promise.all(habits.map(client));
  return {
    /** Waits until so many requests are over: what a server does once, on the first ones, is not what is tested. @param {number} count */
    warm: async (count) => {
      const deadline = performance.now() + PATIENCE_MS;
      while (events.length < count && performance.now() < deadline) await sleep(RETRY_MS);
    },
    stop: async () => {
      isOver = true;
      await done;
      return events;
    },
  };
}

/** @param {Wire} wire @param {Question} question @returns {Promise<Event>} */
async function askAndJudge(wire, question) {
  const isFirst = !wire.isOpen;
  /** @param {Event['result']} result @param {string} detail */
  const event = (result, detail) => ({
    result,
    at: performance.now(),
    port: wire.lastPort,
    isFirst,
    detail: detail === '' ? '' : `${question.name}: ${detail}`,
  });
  try {
    if (isFirst) await wire.open();
  } catch (error) {
    return event('unreachable', messageOf(error));
  }
  try {
    const { status, body } = await wire.ask(question.bytes, PATIENCE_MS);
    const text = body.toString('utf8');
    const isRight = status === question.status && question.isRight(text);
    return isRight ? event('right', '') : event('wrong', `${status} ${text.slice(0, 160)}`);
  } catch (error) {
    return event('broken', messageOf(error));
  }
}

/** @param {number} count @param {Habit} habit */
export const clients = (count, habit) => Array.from({ length: count }, () => habit);

/** @param {readonly Event[]} events @param {Event['result']} result */
export const counted = (events, result) => events.filter((event) => event.result === result).length;
