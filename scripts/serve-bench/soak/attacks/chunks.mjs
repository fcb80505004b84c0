import { refused, refusedOrClosed, valid, validOrRefused } from '../expectations.mjs';
import { post, smuggling } from './requests.mjs';

/** @typedef {import('../attack.mjs').Attack} Attack */
/** @typedef {import('../attack.mjs').Expectation} Expectation */

const CODING = ['Transfer-Encoding: chunked'];
const NO_SIZES = 'zz|-1|+1|0x1|1 | 1||1g|1\u0000|1,1|1\t;|٣|ffffffffffffffff|fffffffffffffffff'.split('|');
const END = '0\r\n\r\n';

/** Bodies in chunks that are odd or wrong. @param {string} body a good one @returns {Attack[]} */
export const hostileChunks = (body) => [...sizes(), ...wellFormed(body), ...illFormed(body)];

/** @returns {Attack[]} */
const sizes = () =>
  [...NO_SIZES, '0'.repeat(100_000)].map((size) =>
    smuggling(`chunk size ${JSON.stringify(size.slice(0, 20))}`, CODING, `${size}\r\n{\r\n${END}`),
  );

/** @param {string} body @returns {Attack[]} */
function wellFormed(body) {
  const size = Buffer.byteLength(body).toString(16);
  const chunk = `${size}\r\n${body}\r\n`;
  const bytes = [...body].map((byte) => `1\r\n${byte}\r\n`).join('');
  const flood = `${chunk}0\r\n${'X-A: b\r\n'.repeat(5000)}\r\n`;
  const long = `${size};a=${'b'.repeat(200_000)}\r\n${body}\r\n${END}`;
  const length = `${chunk}0\r\nContent-Length: 5\r\n\r\n`;
  return [
    attack('one chunk', chunk + END, valid),
    attack('a chunk for each byte', bytes + END, valid),
    attack('an extension', `${size};a=b;c="d"\r\n${body}\r\n${END}`, valid),
    attack('a huge extension', long, validOrRefused('it has no limit')),
    attack('a trailer', `${chunk}0\r\nX-A: b\r\n\r\n`, valid),
    attack('a trailer with a length', length, validOrRefused('it is only a trailer')),
    attack('a flood of trailers', flood, validOrRefused('nobody reads them')),
  ];
}

/** @param {string} body @returns {Attack[]} */
function illFormed(body) {
  const size = Buffer.byteLength(body).toString(16);
  return [
    attack('no chunk', END, refused),
    attack('data that are longer than their size', `5\r\n${body}\r\n${END}`, refused),
    attack('line feeds only', `${size}\n${body}\n0\n\n`, refusedOrClosed),
    attack('a chunk that does not end', `${size}\r\n${body.slice(0, 9)}`, refusedOrClosed),
    attack('chunks that do not end', `${size}\r\n${body}\r\n`, refusedOrClosed),
    attack('a chunk of 256 MB', `10000000\r\n${body}`, refusedOrClosed),
    attack('a chunk of an exabyte', `fffffffffffffff\r\n${body}`, refusedOrClosed),
  ];
}

/** @param {string} name @param {string} chunks @param {Expectation} expects @returns {Attack} */
const attack = (name, chunks, expects) => ({
  name,
  family: 'chunks',
  steps: [post(CODING, chunks)],
  expects,
  manner: 'linger',
  patienceMs: 1000,
});
