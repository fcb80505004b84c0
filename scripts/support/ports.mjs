import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A TCP port that is free on the loopback address right now. @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Whether something listens on the port of the loopback address. @param {number} port @returns {Promise<boolean>} */
export function isPortTaken(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/**
 * Asks until the question is answered with something true. Returns false when the time is over.
 * @param {() => Promise<unknown>} question
 * @param {{ timeoutMs: number, signal: AbortSignal, ended?: Promise<unknown> }} options `ended`: the asked program died, ask no more
 */
export async function waitUntil(question, { timeoutMs, signal, ended }) {
  const deadline = Date.now() + timeoutMs;
  let dead = false;
  void ended?.then(() => (dead = true));
  while (Date.now() < deadline && !dead) {
    signal.throwIfAborted();
    if (await question().catch(() => false)) return true;
    await sleep(100, undefined, { signal });
  }
  return false;
}

/** Whether the URL answers with any status below 500. @param {string} url */
export async function answers(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  await response.body?.cancel();
  return response.status < 500;
}
