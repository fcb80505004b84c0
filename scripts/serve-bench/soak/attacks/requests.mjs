import { requestBytes } from '../../wire.mjs';
import { refused } from '../expectations.mjs';

/** @typedef {import('../attack.mjs').Attack} Attack */
/** @typedef {import('../attack.mjs').Expectation} Expectation */

export const JSON_TYPE = 'application/json';
export const PARQUET_TYPE = 'application/vnd.apache.parquet';

/** A request that no honest server fails; behind a smuggling one it shows that the server saw two. */
export const PING = Buffer.from('GET /ping HTTP/1.1\r\nHost: caisson\r\n\r\n');

/**
 * A request line and headers as they stand, with nothing added.
 * @param {readonly string[]} lines @param {string | Buffer} [body] latin-1 @returns {Buffer}
 */
export const raw = (lines, body = '') =>
  Buffer.concat([
    Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'),
    typeof body === 'string' ? Buffer.from(body, 'latin1') : body,
  ]);

/** The lines of a POST, less those that tell its length. @param {string} [path] */
export const postLines = (path = '/invocations') => [
  `POST ${path} HTTP/1.1`,
  'Host: caisson',
  `Content-Type: ${JSON_TYPE}`,
];

/** A POST with these headers besides. @param {readonly string[]} lines @param {string | Buffer} [body] */
export const post = (lines, body) => raw([...postLines(), ...lines], body);

/**
 * A POST whose end is in doubt, and a GET behind it: an answer to that tells that it was taken for a request.
 * @param {string} name @param {readonly string[]} lines headers of the POST @param {string | Buffer} rest @returns {Attack}
 */
export const smuggling = (name, lines, rest) => ({
  name,
  family: 'smuggling',
  steps: [Buffer.concat([post(lines, rest), PING])],
  expects: refused,
  manner: 'linger',
});

/**
 * A well-formed request with a body that is not.
 * @param {{ name: string, family: string, expects: Expectation }} attack
 * @param {{ path?: string, type?: string | undefined, body: string | Buffer }} request @returns {Attack}
 */
export const posted = (attack, { path = '/invocations', type = JSON_TYPE, body }) => ({
  ...attack,
  steps: [requestBytes({ path, type, body })],
});
