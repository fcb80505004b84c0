import {
  inOrder,
  refused,
  refusedOrClosed,
  valid,
  validOrRefused,
  validRefusedOrClosed,
} from '../expectations.mjs';
import { PING, post } from './requests.mjs';

/** @typedef {import('../attack.mjs').Attack} Attack */
/** @typedef {import('../attack.mjs').Expectation} Expectation */

const NO_HTTP = Buffer.from('\u0000\r\n\r\n');

/** Requests in a row, connections that are half closed, and heads that ask before they send. @param {string} body a good one @returns {Attack[]} */
export const hostilePipelines = (body) => [...pipelines(body), ...halves(body), ...expectations(body)];

/** @param {string} body @returns {Attack[]} */
function pipelines(body) {
  const good = whole(body);
  const bad = post(['Content-Length: 1'], '{');
  return [
    pipeline('good, bad, good', [good, bad, good], inOrder(['good', 'bad', 'good'])),
    pipeline('bad, good, bad, good', [bad, good, bad, good], inOrder(['bad', 'good', 'bad', 'good'])),
    pipeline('good, no HTTP, good', [good, NO_HTTP, good], inOrder(['good', 'bad'])),
    pipeline('200 good ones', times(200, PING), inOrder(times(200, 'good'))),
    pipeline('50 predictions', times(50, good), inOrder(times(50, 'good'))),
    pipeline('200 bad ones', times(200, bad), inOrder(times(200, 'bad'))),
    { ...pipeline('50 predictions, reset', times(50, good), refusedOrClosed), manner: 'reset' },
  ];
}

/** @param {string} body @returns {Attack[]} */
function halves(body) {
  const steps = [whole(body)];
  const expects = validRefusedOrClosed('it was whole');
  return [
    { name: 'a good one, half-closed', family: 'half-closed', steps, expects, manner: 'half-close' },
    { name: 'a good one, reset', family: 'half-closed', steps, expects: refusedOrClosed, manner: 'reset' },
  ];
}

/** @param {string} body @returns {Attack[]} */
function expectations(body) {
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  /** @param {string} word @param {number} ms */
  const later = (word, ms) => [post([`Expect: ${word}`, length]), ms, Buffer.from(body)];
  const terabyte = [post(['Expect: 100-continue', 'Content-Length: 1000000000000'])];
  const unknown = validOrRefused('nobody knows it');
  return [
    { name: '100-continue', family: 'Expect', steps: later('100-continue', 100), expects: valid },
    { name: '100-continue of a terabyte', family: 'Expect', steps: terabyte, expects: refused },
    { name: 'something', family: 'Expect', steps: later('something', 50), expects: unknown },
  ];
}

/** @param {string} body */
const whole = (body) => post([`Content-Length: ${Buffer.byteLength(body)}`], body);

/** @template T @param {number} count @param {T} what @returns {T[]} */
const times = (count, what) => Array.from({ length: count }, () => what);

/** @param {string} name @param {readonly Buffer[]} requests @param {Expectation} expects @returns {Attack} */
const pipeline = (name, requests, expects) => ({
  name,
  family: 'pipelines',
  steps: [Buffer.concat(requests)],
  expects,
  manner: 'linger',
});
