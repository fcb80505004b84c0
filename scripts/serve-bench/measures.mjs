import { setTimeout as sleep } from 'node:timers/promises';

import { SetUpError } from '../support/terminal.mjs';
import { flowers, species } from './bodies.mjs';
import { memoryMib, startLimited, watchMemory } from './containers.mjs';
import { closedLoop } from './load.mjs';
import { openLoop } from './open-loop.mjs';
import { untilReady } from './ready.mjs';
import { quantile } from './statistics.mjs';
import { requestBytes, Wire } from './wire.mjs';

/**
 * @typedef {import('./contestants.mjs').Contestant} Contestant
 * @typedef {{ contestant: Contestant, image: string }} Entry
 * @typedef {{ api: import('../setup/docker-api.mjs').DockerApi, session: import('../support/session.mjs').Session,
 *   limits: import('./containers.mjs').Limits, seconds: number, env: readonly string[] }} Field
 * @typedef {Partial<Record<Measure, number>>} Figures
 * @typedef {'ready' | 'one' | 'many' | 'p50' | 'p99' | 'table' | 'csv' | 'idle' | 'loaded'} Measure
 */

const TABLE_ROWS = 10_000;
const MANY = 32;
/** A 99th percentile of fewer is the luck of a few. */
const OPEN_REQUESTS = 2000;
const MOST_OPEN_SECONDS = 30;
/** After the first answers, so that what a server does once (imports, pools) is over. */
const SETTLE_MS = 3000;

/**
 * One turn of one contestant in a container of its own: everything that is measured.
 * @param {Field} field @param {Entry} entry @param {number | undefined} rate requests/s of the open-loop load; undefined: none
 * @returns {Promise<{ figures: Figures, notes: string[] }>}
 */
export async function takeTurn(field, { contestant, image }, rate) {
  const { api, session, limits, seconds } = field;
  const { signal } = session;
  const env = contestant.name === 'caisson' ? field.env : [];
  const running = await startLimited(api, session, { image, port: contestant.port, limits, env });
  /** @type {Figures} */
  const figures = {};
  /** @type {string[]} */
  const notes = [];
  /** @param {Measure} what @param {import('./load.mjs').LoadResult} result */
  const note = (what, { perSecond, failures }) => {
    figures[what] = perSecond;
    if (failures > 0) notes.push(`${contestant.name}: ${failures} failures while measuring '${what}'`);
  };
  try {
    figures.ready = await untilReady(api, running, { path: contestant.ready, signal });
    const { address } = running;
    const row = contestant.row(flowers(1));
    await checkAnswer(contestant, address, 1);
    await sleep(SETTLE_MS, undefined, { signal });
    figures.idle = await memoryMib(api, running.id);
    await closedLoop({ address, question: row, connections: 4, seconds: 1, signal }); // warm
    note('one', await closedLoop({ address, question: row, connections: 1, seconds, signal }));
    const memory = watchMemory(api, running.id, 250);
    note('many', await closedLoop({ address, question: row, connections: MANY, seconds, signal }));
    figures.loaded = quantile(
      (await memory.stop()).map(({ mib }) => mib),
      1,
    );
    if (rate !== undefined) {
      const open = await openLoop({
        address,
        question: row,
        perSecond: rate,
        seconds: openSeconds(rate),
        signal,
      });
      figures.p50 = open.p50;
      figures.p99 = open.p99;
      if (open.failures > 0) notes.push(`${contestant.name}: ${open.failures} failures in the open loop`);
      if (open.lateness > 5) notes.push(`the generator was ${open.lateness.toFixed(1)} ms late (p99)`);
    }
    await checkAnswer(contestant, address, TABLE_ROWS);
    const big = { address, connections: 1, seconds, signal };
    note('table', await closedLoop({ ...big, question: contestant.table(flowers(TABLE_ROWS)) }));
    if (contestant.csv !== undefined)
      note('csv', await closedLoop({ ...big, question: contestant.csv(flowers(TABLE_ROWS)) }));
    return { figures, notes };
  } finally {
    await running.remove();
  }
}

/** How long the open loop takes for enough requests at a rate. @param {number} rate */
const openSeconds = (rate) => Math.min(MOST_OPEN_SECONDS, OPEN_REQUESTS / rate);

/**
 * The greatest rate of single rows, in requests/s, at so many connections as the table's.
 * @param {Field} field @param {Entry} entry
 */
export async function greatestRate(field, { contestant, image }) {
  const { api, session, limits, seconds } = field;
  const { signal } = session;
  const running = await startLimited(api, session, { image, port: contestant.port, limits });
  try {
    await untilReady(api, running, { path: contestant.ready, signal });
    const load = {
      address: running.address,
      question: contestant.row(flowers(1)),
      connections: MANY,
      signal,
    };
    await closedLoop({ ...load, seconds: 2 });
    return (await closedLoop({ ...load, seconds })).perSecond;
  } finally {
    await running.remove();
  }
}

/**
 * Asks in each form that this contestant is measured in. Throws a SetUpError unless the species are right.
 * @param {Contestant} contestant @param {import('./wire.mjs').Address} address @param {number} rows
 */
async function checkAnswer(contestant, address, rows) {
  const forms = rows === 1 ? [contestant.row] : [contestant.table, contestant.csv];
  const wire = new Wire(address);
  for (const form of forms) {
    if (form === undefined) continue;
    const question = form(flowers(rows));
    const { status, body } = await wire.ask(requestBytes(question));
    const text = body.toString('utf8');
    const right = JSON.stringify(species(rows));
    if (status !== 200 || JSON.stringify(contestant.predictions(JSON.parse(text))) !== right)
      throw new SetUpError(
        `${contestant.name} answered ${rows} rows of ${question.type} with ${status}: ${text.slice(0, 300)}`,
      );
  }
  wire.close();
}
