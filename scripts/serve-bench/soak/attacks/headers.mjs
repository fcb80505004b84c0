import { refused, refusedOrClosed, validOrRefused, validRefusedOrClosed } from '../expectations.mjs';
import { raw } from './requests.mjs';

/** @typedef {import('../attack.mjs').Attack} Attack */

const START = ['GET /ping HTTP/1.1', 'Host: caisson'];
const LENIENT = validOrRefused('HTTP lets a server be lenient here');

/** Lines that are no header. */
const WRONG = [
  'X-A: a\u0000b',
  'X-\u0000A: b',
  'X A: b',
  'X-A : b',
  'X-\u00ff: b',
  ': b',
  'no colon',
  'X-A',
].concat([' folded: at once', 'X-A: b\rX-B: c', 'Connection: \u0000']);
/** Headers that nobody has to take, or that something behind may trip over. */
const ODD = [
  'X-A: a\u0001b',
  'X-A: a\u007fb',
  'X-A: a\u00ffb',
  'X-A: b\r\n folded',
  'X-A: b\nX-B: c',
  'Host: other',
].concat(
  ['Connection: keep-alive, close, upgrade, ,,,', 'Upgrade: websocket\r\nConnection: Upgrade'],
  [
    'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk',
    'X-Request-ID: a\tb{{}}\u00ff',
  ],
  [`X-Request-ID: ${'r'.repeat(5000)}`, 'Authorization: Basic \u00ff\u00fe', 'traceparent: 00-zz-zz-zz'],
  ['Range: bytes=0-0,0-0,0-0', 'Content-Encoding: \u00ff', 'X-Amzn-SageMaker-Custom-Attributes: \u00ff'],
);

/** Headers that are wrong, too long or too many. @returns {Attack[]} */
export const hostileHeaders = () => [...lines(), ...endings(), ...floods()];

/** @returns {Attack[]} */
const lines = () =>
  [...WRONG, ...ODD].map((line) => ({
    name: JSON.stringify(line.slice(0, 60)),
    family: 'headers',
    steps: [raw([...START, line])],
    expects: WRONG.includes(line) ? refused : LENIENT,
  }));

/** @returns {Attack[]} */
function endings() {
  const feeds = [Buffer.from(`${START.join('\n')}\n\n`)];
  // A server that insists on carriage returns waits for them.
  const old = validRefusedOrClosed('old servers take them');
  return [
    { name: 'no Host', family: 'headers', steps: [raw(START.slice(0, 1))], expects: LENIENT },
    { name: 'line feeds only', family: 'headers', steps: feeds, expects: old, patienceMs: 1000 },
  ];
}

/** @returns {Attack[]} */
function floods() {
  /** @param {number} count @param {number} size */
  const many = (count, size) => Array.from({ length: count }, (_, at) => `X-${at}: ${'v'.repeat(size)}`);
  /** @type {[string, readonly string[], Attack['expects']][]} */
  const heads = [
    ['100 headers', many(100, 10), LENIENT],
    ['1,000 headers', many(1000, 10), refused],
    ['20,000 headers', many(20_000, 10), refused],
    ['1,000 of the same', Array.from({ length: 1000 }, () => 'X-A: b'), refused],
    ['a header of 8,000 bytes', many(1, 8000), LENIENT],
    ['a header of 100,000 bytes', many(1, 100_000), refused],
    ['a header of a megabyte', many(1, 1_000_000), refused],
    ['a name of 100,000 bytes', [`${'n'.repeat(100_000)}: v`], refused],
    ['a megabyte of cookies', Array.from({ length: 100 }, () => `Cookie: ${'c'.repeat(10_000)}`), refused],
  ];
  const family = 'header floods';
  return heads.flatMap(([name, flood, expects]) => {
    const unfinished = [Buffer.from([...START, ...flood].join('\r\n'))];
    return [
      { name, family, steps: [raw([...START, ...flood])], expects },
      { name: `${name}, unfinished`, family, steps: unfinished, expects: refusedOrClosed, patienceMs: 1000 },
    ];
  });
}
