import { setTimeout as sleep } from 'node:timers/promises';

import { memoryMib, startLimited, watchMemory } from '../../containers.mjs';
import { untilReady } from '../../ready.mjs';
import { raw, postLines } from '../attacks/requests.mjs';
import { must, none, told } from '../figures.mjs';
import { requestBytes } from '../../wire.mjs';
import { askOnce } from '../unruly.mjs';

const LIMIT = 100 * 1024 * 1024;
const CHUNK = 64 * 1024;
/** What an allocator may keep for the next large body. */
const KEPT_MIB = 128;
const ROW = '5.1,3.5,1.4,0.2\n';

/** @typedef {import('../unruly.mjs').Answer} Answer */

/**
 * Bodies around the limit of 100 MiB, one after the other.
 * @param {import('../field.mjs').Field} field @returns {Promise<import('../figures.mjs').Figure[]>}
 */
export async function largeBody({ api, session, images, limits, answers }) {
  const env = ['MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT=120'];
  const running = await startLimited(api, session, { image: images.iris, port: 5001, limits, env });
  const { address } = running;
  await untilReady(api, running, { path: '/ping', signal: session.signal });
  const before = await memoryMib(api, running.id);
  const memory = watchMemory(api, running.id, 200);
  const pings = watchPings(address);
  const { columns } = answers;
  const head = `${columns.join(',')}\n`;
  const rows = Math.floor((LIMIT - head.length) / ROW.length);
  const table = await askOnce(address, csv(head + ROW.repeat(rows)), 120_000);
  const full = await askOnce(address, json(padded(columns, LIMIT)), 120_000);
  const over = await askOnce(address, json(padded(columns, LIMIT + 1)), 120_000);
  const chunked = await askOnce(address, inChunks(padded(columns, LIMIT + CHUNK)), 120_000);
  const slowest = await pings.stop();
  await sleep(3000);
  const samples = await memory.stop();
  const after = await memoryMib(api, running.id);
  const small = await askOnce(address, json(padded(columns, 1000)));
  const count = table.status === 200 ? JSON.parse(table.body).predictions.length : 0;
  const isServed = table.status === 413 || count === rows;
  return [
    must('100 MB: a CSV table of it', seen(table), `200 with ${rows} rows, or 413`, isServed),
    must('100 MB: JSON at the limit', seen(full), '200 or 413', [200, 413].includes(full.status)),
    must('100 MB: a byte more', seen(over), '413', over.status === 413),
    must('100 MB: more, in chunks', seen(chunked), '413', chunked.status === 413),
    none('100 MB: pings not answered meanwhile', slowest.failures),
    told('100 MB: the slowest ping meanwhile', `${slowest.seconds.toFixed(2)} s`),
    told('100 MB: memory, greatest', `${Math.max(...samples.map(({ mib }) => mib)).toFixed(0)} MiB`),
    must(
      '100 MB: memory before, after',
      `${before.toFixed(0)}, ${after.toFixed(0)} MiB`,
      `<= ${KEPT_MIB} more`,
      after <= before + KEPT_MIB,
    ),
    must('100 MB: right afterwards', seen(small), '200', small.status === 200),
  ];
}

/** @param {Answer} answer */
const seen = ({ status, body, seconds }) =>
  `${status}${status === 0 ? ` ${body}` : ''} after ${seconds.toFixed(1)} s`;

/** @param {string} body */
const csv = (body) => requestBytes({ path: '/invocations', type: 'text/csv', body });
/** @param {string} body */
const json = (body) => requestBytes({ path: '/invocations', type: 'application/json', body });

/** One row, and a note that nobody reads, so many bytes together. @param {readonly string[]} columns @param {number} size */
function padded(columns, size) {
  const row = JSON.stringify({ dataframe_split: { columns, data: [[5.1, 3.5, 1.4, 0.2]] }, note: '' });
  return `${row.slice(0, -2)}${'x'.repeat(size - Buffer.byteLength(row))}"}`;
}

/** @param {string} body */
function inChunks(body) {
  const bytes = Buffer.from(body);
  const parts = [];
  for (let at = 0; at < bytes.length; at += CHUNK) {
    const part = bytes.subarray(at, at + CHUNK);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return raw(
    [...postLines(), 'Transfer-Encoding: chunked'],
    Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]),
  );
}

/** @param {import('../../wire.mjs').Address} address */
function watchPings(address) {
  const ping = requestBytes({ method: 'GET', path: '/ping' });
  let isOver = false;
  const result = { failures: 0, seconds: 0 };
  const done = (async () => {
    while (!isOver) {
      const { status, seconds } = await askOnce(address, ping, 30_000);
      if (status !== 200) result.failures += 1;
      result.seconds = Math.max(result.seconds, seconds);
      await sleep(100);
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await done;
      return result;
    },
  };
}
