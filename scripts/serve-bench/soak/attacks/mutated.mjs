import { validOrRefused, validRefusedOrClosed } from '../expectations.mjs';
import { requestBytes } from '../../wire.mjs';
import { PARQUET_TYPE, posted, postLines, raw } from './requests.mjs';

/** @typedef {import('../attack.mjs').Attack} Attack */
/** @typedef {import('../random.mjs').Random} Random */

const CHANCE = validOrRefused('the change may not matter');
/** A changed head may promise more than comes, so that an answer need not. */
const CHANCE_OR_END = validRefusedOrClosed('the change may not matter');
const IMPATIENT_MS = 300;
const MARKS = Buffer.from('[]{}",:0e-\\\u0000 ');

/**
 * Right requests with a few bytes changed, taken away or added, in the body, the head or both, and noise.
 * @param {import('../questions.mjs').Answers} answers @param {Random} random @returns {() => Attack}
 */
export function mutated({ columns, rows, parquet }, random) {
  const json = () => Buffer.from(JSON.stringify({ dataframe_split: { columns, data: [random.pick(rows)] } }));
  const csv = () => Buffer.from(`${columns.join(',')}\n${random.pick(rows).join(',')}\n`);
  const file = () => Buffer.from(random.pick(parquet).body, 'base64');
  /** @type {readonly (() => Attack)[]} */
  const kinds = [
    () => inBody('JSON', { body: mutate(json(), random) }),
    () =>
      inBody('JSON to /predict', { path: '/predict', body: mutate(predictBody(random.pick(rows)), random) }),
    () => inBody('CSV', { type: 'text/csv', body: mutate(csv(), random) }),
    () => inBody('parquet', { type: PARQUET_TYPE, body: mutate(file(), random) }),
    () => inBody('noise', { body: random.bytes(random.below(2000)) }),
    () =>
      anywhere(
        'head',
        mutate(requestBytes({ path: '/invocations', type: 'application/json', body: json() }), random),
      ),
    () => anywhere('head', mutate(requestBytes({ method: 'GET', path: '/ping' }), random)),
    () => anywhere('chunks', chunked(json(), random)),
    () => anywhere('noise instead of HTTP', random.bytes(1 + random.below(500))),
  ];
  return () => random.pick(kinds)();
}

/** @param {readonly number[]} row */
const predictBody = (row) => Buffer.from(JSON.stringify({ inputs: [row] }));

/** @param {string} what @param {Parameters<typeof posted>[1]} request */
const inBody = (what, request) =>
  posted(
    { name: `changed ${what}: ${shown(request.body)}`, family: 'changed bodies', expects: CHANCE },
    request,
  );

/** @param {string} what @param {Buffer} bytes @returns {Attack} */
const anywhere = (what, bytes) => ({
  name: `changed ${what}: ${shown(bytes)}`,
  family: 'changed requests',
  steps: [bytes],
  expects: CHANCE_OR_END,
  manner: 'linger',
  patienceMs: IMPATIENT_MS,
});

/** @param {string | Buffer} bytes */
const shown = (bytes) => JSON.stringify(bytes.toString('latin1').slice(0, 200));

/** @param {Buffer} bytes @param {Random} random */
function mutate(bytes, random) {
  let result = bytes;
  for (let times = 1 + random.below(3); times > 0; times -= 1) {
    const at = random.below(result.length);
    const byte = random.below(2) === 0 ? random.bytes(1) : Buffer.of(MARKS[random.below(MARKS.length)] ?? 0);
    const [skipped, added] = random.pick([
      [1, byte],
      [0, byte],
      [1 + random.below(8), Buffer.alloc(0)],
      [0, result.subarray(at, at + random.below(20))],
    ]);
    result = Buffer.concat([result.subarray(0, at), added, result.subarray(at + skipped)]);
  }
  return result;
}

/** A body in chunks of which one may lie about its size. @param {Buffer} body @param {Random} random */
function chunked(body, random) {
  const parts = [];
  for (let at = 0; at < body.length;) {
    const size = 1 + random.below(40);
    const part = body.subarray(at, at + size);
    const told = random.below(8) === 0 ? random.below(100) : part.length;
    parts.push(Buffer.from(`${told.toString(16)}\r\n`), part, Buffer.from('\r\n'));
    at += size;
  }
  const end = random.below(4) === 0 ? '' : '0\r\n\r\n';
  return raw([...postLines(), 'Transfer-Encoding: chunked'], Buffer.concat([...parts, Buffer.from(end)]));
}
