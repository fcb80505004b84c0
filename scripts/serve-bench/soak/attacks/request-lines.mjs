import { refused, refusedOrClosed, valid, validOrRefused } from '../expectations.mjs';
import { raw } from './requests.mjs';

/** @typedef {import('../attack.mjs').Attack} Attack */
/** @typedef {import('../attack.mjs').Expectation} Expectation */

const HOST = 'Host: caisson';
const LENIENT = validOrRefused('HTTP lets a server be lenient here');

const METHODS =
  'get|GE T|G\u0000T|G\u0001T|BREW|TRACE|CONNECT|PUT|DELETE|PATCH|M-SEARCH|PROPFIND|SOURCE|GET\t| GET||\u00ff|<script>'
    .split('|')
    .concat('P'.repeat(10_000));

/** Behind "GET /ping", or a whole line. @type {readonly [string, Expectation][]} */
const LINES = [
  ['GET /ping HTTP/1.0', valid],
  ['GET /ping HTTP/2.0', refused],
  ['GET /ping HTTP/0.9', refused],
  ['GET /ping HTTP/9.9', refused],
  ['GET /ping HTTP/1.2', LENIENT],
  ['GET /ping HTTP/1', refused],
  ['GET /ping HTTP/1.', refused],
  ['GET /ping HTTP/11', refused],
  ['GET /ping HTTP/1.1.1', refused],
  ['GET /ping HTTP/-1.1', refused],
  ['GET /ping HTTQ/1.1', refused],
  ['GET /ping http/1.1', refused],
  ['GET /ping HTTP/1.1 ', LENIENT],
  ['GET /ping HTTP/1.1\u0000', refused],
  ['GET  /ping HTTP/1.1', LENIENT],
  ['GET /ping', refusedOrClosed],
  ['GET', refused],
  ['HTTP/1.1 200 OK', refused],
  ['PRI * HTTP/2.0', refused],
];

const CONTROLS = ['/\u0000', '/pi\u0000ng', '/\u0001', '/\u007f', '/ping\u0000', '/\u00ff'];
const PERCENTS =
  '/%00|/ping%00|/%zz|/%|/%2|/ping%|/%c3%28|/%ff|/%2e%2e/%2e%2e/etc/passwd|/..%2f..%2fetc%2fpasswd'.split(
    '|',
  );
const PATHS =
  '/../../etc/passwd|/..\\..\\x|ping|*|//|/ping/|/PING|/./ping/..|?|/?|#|/<script>|/${jndi:ldap://x}|/{{7*7}}'.split(
    '|',
  );
const LONG = [
  `/${'a'.repeat(20_000)}`,
  `/ping?${'a'.repeat(20_000)}`,
  `/${'../'.repeat(3000)}`,
  `/${'%41'.repeat(3000)}`,
];
const ODD = '//ping|/ping#x|/ping?|/ping?%zz|/ping?\u00ff|/ping?a=%00|/%70ing|http://other/ping'.split('|');

/** First lines that are wrong. @returns {Attack[]} */
export const hostileRequestLines = () => [...methods(), ...versions(), ...targets()];

/** Those that HTTP lets have a body have none. @returns {Attack[]} */
const methods = () =>
  METHODS.flatMap((method) =>
    ['/ping', '/invocations', '/no/such/path'].map((path) => ({
      name: `${JSON.stringify(method.slice(0, 20))} ${path}`,
      family: 'methods',
      steps: [raw([`${method} ${path} HTTP/1.1`, HOST])],
      expects: refused,
    })),
  );

/** @returns {Attack[]} */
const versions = () =>
  LINES.map(([line, expects]) => ({
    name: JSON.stringify(line),
    family: 'versions',
    steps: [raw([line, HOST])],
    expects,
    patienceMs: 2000,
  }));

/** @returns {Attack[]} */
const targets = () =>
  [...CONTROLS, ...PERCENTS, ...PATHS, ...LONG, ...ODD].map((target) => ({
    name: `GET ${JSON.stringify(target.slice(0, 40))}`,
    family: 'targets',
    steps: [raw([`GET ${target} HTTP/1.1`, HOST])],
    expects: ODD.includes(target) ? LENIENT : refused,
  }));
