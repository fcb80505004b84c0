import { refusedOrClosed, validRefusedOrClosed } from '../expectations.mjs';
import { postLines, raw } from './requests.mjs';

/** @typedef {import('../attack.mjs').Attack} Attack */

/** Longer than the server's patience: what is not over by then hangs. */
const PATIENCE_MS = 70_000;
const BYTES = 200;
const EVERY_MS = 300;
const EACH = 4;

/**
 * Clients that take their time, a few of each kind at once. They go on for a minute; the server must not.
 * @param {string} body a good one @returns {Attack[]}
 */
export function slowSenders(body) {
  const head = Buffer.from('GET /ping HTTP/1.1\r\nHost: caisson\r\nX-A: ');
  const post = raw([...postLines(), `Content-Length: ${BYTES * 2}`]);
  const chunked = raw([...postLines(), 'Transfer-Encoding: chunked']);
  /** @type {[string, Attack['steps']][]} */
  const kinds = [
    ['nothing', []],
    ['half a request line', [Buffer.from('POST /invoc')]],
    ['a head that goes on', [head, ...trickle(() => 'a')]],
    ['headers that go on', [head, ...trickle((at) => `b\r\nX-${at}: `)]],
    ['a body that does not come', [post]],
    ['a body that goes on', [post, ...trickle(() => ' ')]],
    ['chunks that go on', [chunked, ...trickle(() => '1\r\n \r\n')]],
  ];
  const endless = kinds.flatMap(([name, steps]) =>
    Array.from({ length: EACH }, () => ({
      name: `slow: ${name}`,
      family: 'slow senders',
      steps,
      expects: refusedOrClosed,
      manner: /** @type {const} */ ('outwait'),
      patienceMs: PATIENCE_MS,
    })),
  );
  const good = [...raw([...postLines(), `Content-Length: ${Buffer.byteLength(body)}`], body)];
  const patient = Array.from({ length: EACH }, (_, at) => ({
    name: 'slow, but whole after a while',
    family: 'slow senders',
    steps: good.flatMap((byte) => [Buffer.of(byte), 2 + at]),
    expects: validRefusedOrClosed('it was whole in time'),
    patienceMs: PATIENCE_MS,
  }));
  return [...endless, ...patient];
}

/** @param {(at: number) => string} make */
const trickle = (make) => Array.from({ length: BYTES }, (_, at) => [Buffer.from(make(at)), EVERY_MS]).flat();
