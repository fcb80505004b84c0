import { setTimeout as sleep } from 'node:timers/promises';

import { quantile } from './statistics.mjs';
import { requestBytes, Wire } from './wire.mjs';

/**
 * Open-loop load: requests leave when they are due, whether or not the ones before were answered, each on a connection that is free. So
 * a server that stalls makes many requests slow and not one (no coordinated omission). A latency counts from the moment when the
 * request was due, but for the generator's own lateness (a timer ticks once in a millisecond), which is none of the server's business.
 *
 * @param {{ address: import('./wire.mjs').Address, question: import('./bodies.mjs').Question, perSecond: number, seconds: number, signal: AbortSignal }} load
 * @returns {Promise<{ p50: number, p99: number, sent: number, failures: number, lateness: number }>} milliseconds; `lateness` is the 99th
 *   percentile of the generator's own
 */
export async function openLoop({ address, question, perSecond, seconds, signal }) {
  const bytes = requestBytes(question);
  /** @type {Wire[]} */
  const idle = [];
  /** @type {number[]} */
  const latencies = [];
  /** @type {number[]} */
  const lateness = [];
  let failures = 0;
  let running = 0;

  /** @param {number} since */
  const send = async (since) => {
    running += 1;
    const wire = idle.pop() ?? new Wire(address);
    try {
      const { status } = await wire.ask(bytes);
      if (status < 200 || status >= 300) failures += 1;
      latencies.push(performance.now() - since);
      idle.push(wire);
    } catch {
      failures += 1;
      latencies.push(Infinity);
    }
    running -= 1;
  };

  // Connections are made beforehand: what they cost is not what is measured.
  idle.push(...Array.from({ length: 64 }, () => new Wire(address)));
  await Promise.all(idle.map((wire) => wire.open()));
  const start = performance.now();
  const total = Math.round(perSecond * seconds);
  let next = 0;
  while (next < total) {
    signal.throwIfAborted();
    const now = performance.now();
    for (; next < total && start + (next * 1000) / perSecond <= now; next += 1) {
      lateness.push(now - (start + (next * 1000) / perSecond));
      void send(now);
    }
    await sleep(1);
  }
  for (let waited = 0; running > 0 && waited < 30_000; waited += 20) await sleep(20);
  failures += running;
  latencies.push(...Array.from({ length: running }, () => Infinity));
  for (const wire of idle) wire.close();
  return {
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    sent: total,
    failures,
    lateness: quantile(lateness, 0.99),
  };
}
