import { refused, validOrRefused } from '../expectations.mjs';
import { PARQUET_TYPE, posted } from './requests.mjs';

/** @typedef {import('../attack.mjs').Attack} Attack */

/**
 * Tables that grow, or are none: CSV and parquet. The files come from save.py, which has pyarrow.
 * @param {import('../questions.mjs').Answers} answers @returns {Attack[]}
 */
export const hostileTables = ({ columns, bombs }) => [...csv(columns), ...parquet(bombs)];

/** @param {readonly string[]} columns @returns {Attack[]} */
function csv(columns) {
  const head = columns.join(',');
  const many = Array.from({ length: 50_000 }, (_, at) => `c${at}`).join(',');
  /** @type {[string, string | Buffer][]} */
  const bodies = [
    ['nothing', ''],
    ['line ends', '\n'.repeat(10_000)],
    ['only a head', head],
    ['other columns', 'a,b\n1,2\n'],
    ['50,000 columns', `${many}\n${many}\n`],
    ['a line of 5 MB', `${head}\n${'1'.repeat(5_000_000)},1,1,1\n`],
    ['a quote that does not end', `${head}\n"${'x'.repeat(1_000_000)}`],
    ['a million quotes', `${head}\n${'"'.repeat(1_000_001)},1,1,1\n`],
    ['NULs', `${head}\n\u0000\u0000,1,1,1\n`],
    ['a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['a formula', `${head}\n=cmd|' /C calc'!A0,1,1,1\n`],
    ['text', `${head}\na,b,c,d\n`],
    ['a line too long', `${head}\n1,2,3,4\n1,2,3,4,5,6,7\n`],
    ['huge numbers', `${head}\n1e400,1,1,1\n`],
    ['a million digits', `${head}\n${'9'.repeat(1_000_000)},1,1,1\n`],
    ['semicolons', `${head.replaceAll(',', ';')}\n1;2;3;4\n`],
    ['JSON', '{"inputs": [[1, 2, 3, 4]]}'],
  ];
  return bodies.map(([name, body]) =>
    posted(
      {
        name: `CSV: ${name}`,
        family: 'tables',
        expects: name === 'only a head' ? validOrRefused('no rows, no predictions') : refused,
      },
      { type: 'text/csv', body },
    ),
  );
}

/** @param {import('../questions.mjs').Answers['bombs']} bombs @returns {Attack[]} */
function parquet(bombs) {
  const none = {
    nothing: Buffer.alloc(0),
    'the magic alone': Buffer.from('PAR1PAR1'),
    'a huge footer': Buffer.concat([
      Buffer.from('PAR1'),
      Buffer.from('ffffff7f', 'hex'),
      Buffer.from('PAR1'),
    ]),
    zeros: Buffer.alloc(100_000),
    JSON: Buffer.from('{"inputs": [[1, 2, 3, 4]]}'),
  };
  const files = Object.entries({
    ...none,
    ...Object.fromEntries(bombs.map(({ name, body }) => [name, Buffer.from(body, 'base64')])),
  });
  return files.map(([name, body]) =>
    posted({ name: `parquet: ${name}`, family: 'tables', expects: refused }, { type: PARQUET_TYPE, body }),
  );
}
