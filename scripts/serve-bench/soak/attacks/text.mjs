import { gzipSync } from 'node:zlib';

import { refused, validOrRefused } from '../expectations.mjs';
import { requestBytes } from '../../wire.mjs';
import { posted } from './requests.mjs';

/** @typedef {import('../attack.mjs').Attack} Attack */

/** Bytes that are no UTF-8. @type {Record<string, readonly number[]>} */
const BAD_BYTES = {
  'a lone continuation': [0x80],
  'a lone start': [0xc3],
  'an overlong slash': [0xc0, 0xaf],
  'an overlong NUL': [0xc0, 0x80],
  'a surrogate': [0xed, 0xa0, 0x80],
  'beyond Unicode': [0xf4, 0x90, 0x80, 0x80],
  'five bytes': [0xf8, 0x88, 0x80, 0x80, 0x80],
  'a cut sequence': [0xe2, 0x82],
  'latin-1': [0xe9],
  'FF FE': [0xff, 0xfe],
};

const TYPES = [
  'text/plain',
  'application/xml',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
].concat(
  ['application/json; charset=latin-1', 'application/json; charset=utf-16', 'application/json; version=1'],
  [
    'text/csv; header=absent',
    'multipart/form-data; boundary=x',
    'json',
    '/',
    ';',
    ';;;',
    'application/json/json',
  ],
  [
    'application/json, text/csv',
    '*/*',
    `application/${'x'.repeat(10_000)}`,
    'application/json; charset=',
    '\u00ff\u00fe',
  ],
);

/** Text in the wrong encoding, and bodies that are not what their type says. @param {readonly string[]} columns @returns {Attack[]} */
export function hostileText(columns) {
  const good = JSON.stringify({ dataframe_split: { columns, data: [[5.1, 3.5, 1.4, 0.2]] } });
  return [...badBytes(columns), ...encodings(good), ...types(good)];
}

/** @param {readonly string[]} columns @returns {Attack[]} */
function badBytes(columns) {
  const names = JSON.stringify(columns);
  return Object.entries(BAD_BYTES).flatMap(([what, bytes]) => {
    const bad = Buffer.from(bytes);
    /** @param {string} where @param {string} before @param {string} after */
    const json = (where, before, after) =>
      posted(
        { name: `${what} in ${where}`, family: 'invalid UTF-8', expects: refused },
        { body: Buffer.concat([Buffer.from(before), bad, Buffer.from(after)]) },
      );
    return [
      json('a name', '{"dataframe_records": [{"', '": 1}]}'),
      json('a cell', `{"dataframe_split": {"columns": ${names}, "data": [["`, '", 1, 1, 1]]}}'),
      json('the white space', '{"inputs": ', '[[1, 2, 3, 4]]}'),
      json('front', '', '{"inputs": [[1, 2, 3, 4]]}'),
      posted(
        { name: `${what} in CSV`, family: 'invalid UTF-8', expects: refused },
        {
          type: 'text/csv',
          body: Buffer.concat([Buffer.from(`${columns.join(',')}\n1,2,3,`), bad, Buffer.from('\n')]),
        },
      ),
    ];
  });
}

/** @param {string} good @returns {Attack[]} */
function encodings(good) {
  const utf16 = Buffer.from(`\ufeff${good}`, 'utf16le');
  return [
    posted(
      {
        name: 'UTF-8 with a mark',
        family: 'invalid UTF-8',
        expects: validOrRefused('a mark may be skipped'),
      },
      { body: Buffer.from(`\ufeff${good}`) },
    ),
    posted(
      {
        name: 'UTF-16',
        family: 'invalid UTF-8',
        expects: validOrRefused("Python's reader of JSON takes it"),
      },
      { body: utf16 },
    ),
    posted(
      { name: 'UTF-16, cut', family: 'invalid UTF-8', expects: refused },
      { body: utf16.subarray(0, -1) },
    ),
    {
      name: 'gzip',
      family: 'content types',
      expects: refused,
      steps: [
        requestBytes({
          path: '/invocations',
          type: 'application/json',
          headers: ['Content-Encoding: gzip'],
          body: gzipSync(good),
        }),
      ],
    },
  ];
}

/** @param {string} good @returns {Attack[]} */
function types(good) {
  const bodies = { 'a good body': good, 'a bad body': '{', 'no body': '' };
  return TYPES.flatMap((type) =>
    Object.entries(bodies).map(([name, body]) =>
      posted(
        { name: `${type.slice(0, 40)} with ${name}`, family: 'content types', expects: refused },
        { type, body },
      ),
    ),
  );
}
