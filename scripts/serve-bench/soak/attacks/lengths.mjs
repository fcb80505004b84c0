import { inOrder, refused, refusedOrClosed, validOrRefused } from '../expectations.mjs';
import { post, postLines, raw, smuggling } from './requests.mjs';

/** @typedef {import('../attack.mjs').Attack} Attack */

const FAMILY = 'wrong lengths';
const HUGE = '99999999999|1000000000000000000|9223372036854775808|18446744073709551617'.split('|');
const NO_LENGTHS = '-1|+5|0x5|5 5|5, 6|5,5|1e1|5;||five|5.0|5_0|\u00b5|5\u0000'.split('|');
const NO_CODINGS = 'identity|chunked, identity|xchunked|chunkedx|chunked\u000b|\u000bchunked|gzip||cow'
  .split('|')
  .concat('"chunked"|chunked; q=1|chunked\u0000|chunked, chunked'.split('|'));

/**
 * Lengths that lie or contradict each other: whoever believes another one than the proxy in front sees another request.
 * @param {string} body a good one @returns {Attack[]}
 */
export const hostileLengths = (body) => [...noLengths(body), ...lies(body), ...contradictions(body)];

/** @param {string} body @returns {Attack[]} */
function noLengths(body) {
  return [
    ...NO_LENGTHS.map((length) =>
      smuggling(`Content-Length: ${JSON.stringify(length)}`, [`Content-Length: ${length}`], '{"a":'),
    ),
    ...[...HUGE, '9'.repeat(40)].map((length) => ({
      ...smuggling(`Content-Length: ${length.slice(0, 20)}`, [`Content-Length: ${length}`], body),
      family: FAMILY,
    })),
  ];
}

/** @param {string} body @returns {Attack[]} */
function lies(body) {
  const size = Buffer.byteLength(body);
  /** @param {number} more */
  const long = (more) => [post([`Content-Length: ${size + more}`], body)];
  const tooLong = [1, 10, 100_000, 50_000_000].flatMap((more) => [
    { name: `${more} too long`, steps: long(more), expects: refusedOrClosed, manner: 'half-close' },
    { name: `${more} too long, reset`, steps: long(more), expects: refusedOrClosed, manner: 'reset' },
  ]);
  const get = raw(['GET /ping HTTP/1.1', 'Host: caisson', 'Content-Length: 5'], 'hello');
  const others = [
    { name: '20 too short', steps: long(-20), expects: inOrder(['bad', 'bad']) },
    { name: '1 too short', steps: long(-1), expects: refused, manner: 'half-close' },
    { name: 'none', steps: [raw(postLines())], expects: refused },
    { name: 'none, and a body', steps: [raw(postLines(), body)], expects: refused, manner: 'linger' },
    { name: 'GET with a body', steps: [get], expects: validOrRefused('a GET may have one') },
  ];
  return /** @type {Attack[]} */ ([...tooLong, ...others].map((attack) => ({ family: FAMILY, ...attack })));
}

/** @param {string} body @returns {Attack[]} */
function contradictions(body) {
  const size = Buffer.byteLength(body);
  const length = `Content-Length: ${size}`;
  const coding = 'Transfer-Encoding: chunked';
  const chunked = `${size.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  const twice = smuggling('the same length twice', [length, length], body);
  return [
    { ...twice, expects: { ...validOrRefused('it is the same number, and then /ping'), answers: 2 } },
    smuggling('two lengths', [length, 'Content-Length: 5'], body),
    smuggling('two lengths, the other way', ['Content-Length: 5', length], body),
    smuggling('length and chunks', [length, coding], chunked),
    smuggling('chunks and length', [coding, 'Content-Length: 4'], chunked),
    smuggling('zero length and chunks', ['Content-Length: 0', coding], chunked),
    smuggling('length and identity', [length, 'Transfer-Encoding: identity'], body),
    ...NO_CODINGS.map((name) =>
      smuggling(`Transfer-Encoding: ${JSON.stringify(name)}`, [`Transfer-Encoding: ${name}`], chunked),
    ),
    smuggling('chunked and identity apart', [coding, 'Transfer-Encoding: identity'], chunked),
    smuggling('a space before the colon', ['Transfer-Encoding : chunked'], chunked),
    smuggling('a folded coding', ['Transfer-Encoding:\r\n chunked', length], chunked),
    smuggling('a hidden line', [`X: y\n${coding}`, length], chunked),
    smuggling('a carriage return', [`X: y\r${coding}`, length], chunked),
  ];
}
