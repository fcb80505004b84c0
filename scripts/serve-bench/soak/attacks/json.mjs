import { refused, validOrRefused } from '../expectations.mjs';
import { posted } from './requests.mjs';

/** @typedef {import('../attack.mjs').Attack} Attack */

const DEPTHS = [50, 500, 5000, 100_000, 1_000_000];

/** Where a value can stand: in a cell, in place of all rows, in params, in /predict. @type {Record<string, (columns: readonly string[], value: string) => { path: string, body: string }>} */
const PLACES = {
  cell: (columns, value) => ({
    path: '/invocations',
    body: `{"dataframe_split": {"columns": ${JSON.stringify(columns)}, "data": [[${value}, 1, 1, 1]]}}`,
  }),
  rows: (_columns, value) => ({ path: '/invocations', body: `{"inputs": ${value}}` }),
  records: (columns, value) => ({
    path: '/invocations',
    body: `{"dataframe_records": [{${JSON.stringify(columns[0])}: ${value}}]}`,
  }),
  params: (columns, value) => ({
    path: '/invocations',
    body: `{"dataframe_split": {"columns": ${JSON.stringify(columns)}, "data": [[1, 1, 1, 1]]}, "params": {"threshold": ${value}}}`,
  }),
  '/predict': (_columns, value) => ({ path: '/predict', body: `{"inputs": [[${value}, 1, 1, 1]]}` }),
};

/** Not JSON, or no number that a model can take. */
const BAD_NUMBERS = ['1e400', '-1e400', `1${'0'.repeat(400)}`, '9'.repeat(5000), '9'.repeat(100_000)].concat([
  '01',
  '+1',
  '.5',
  '1.',
  '1e',
  '0x10',
  '1_000',
  '--1',
  '1,',
  '1e5.5',
  '٣',
  'Infinity',
  'NaN',
  '-NaN',
  'inf',
]);
/** JSON numbers that a server may well take. */
const ODD_NUMBERS = [
  '1e-400',
  '-0',
  '-0.0',
  '1E+2',
  '1e308',
  `0.${'0'.repeat(5000)}1`,
  `1.${'3'.repeat(100_000)}`,
].concat([
  '123456789012345678901234567890',
  '9007199254740993',
  '18446744073709551616',
  '-9223372036854775809',
]);

/** JSON that is deep, numbers that are huge, and what else a parser may trip over. @param {readonly string[]} columns @returns {Attack[]} */
export const hostileJson = (columns) => [...nested(columns), ...numbers(columns), ...shapes(columns)];

/** @param {readonly string[]} columns @returns {Attack[]} */
function nested(columns) {
  const kinds = {
    lists: (/** @type {number} */ depth) => '['.repeat(depth) + ']'.repeat(depth),
    'open lists': (/** @type {number} */ depth) => '['.repeat(depth),
    objects: (/** @type {number} */ depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
    'open objects': (/** @type {number} */ depth) => '{"a":'.repeat(depth),
  };
  return DEPTHS.flatMap((depth) =>
    Object.entries(kinds).flatMap(([kind, make]) =>
      Object.entries(PLACES).map(([place, put]) =>
        posted(
          {
            name: `${depth} ${kind} in ${place}`,
            family: 'deep nesting',
            expects: place === 'params' ? maybe : refused,
          },
          put(columns, make(depth)),
        ),
      ),
    ),
  );
}

const maybe = validOrRefused('the server may not look');

/** @param {readonly string[]} columns @returns {Attack[]} */
function numbers(columns) {
  return Object.entries(PLACES).flatMap(([place, put]) => [
    ...BAD_NUMBERS.map((number) =>
      posted(
        {
          name: `${number.slice(0, 20)} in ${place}`,
          family: 'huge and odd numbers',
          // Python's own reader of JSON takes NaN and Infinity; a float parameter may be infinite.
          expects: place === 'params' ? maybe : refused,
        },
        put(columns, number),
      ),
    ),
    ...ODD_NUMBERS.map((number) =>
      posted(
        { name: `${number.slice(0, 20)} in ${place}`, family: 'huge and odd numbers', expects: oddNumber },
        put(columns, number),
      ),
    ),
  ]);
}

const oddNumber = validOrRefused('it is a number');

/** @param {readonly string[]} columns @returns {Attack[]} */
function shapes(columns) {
  const names = JSON.stringify(columns);
  const many = Array.from({ length: 100_000 }, (_, at) => `c${at}`);
  /** @type {[string, string][]} */
  const bodies = [
    ['nothing', ''],
    ['spaces', ' '.repeat(100_000)],
    ['null', 'null'],
    ['a number', '7'],
    ['a string', '"inputs"'],
    ['an empty list', '[]'],
    ['an empty object', '{}'],
    ['two documents', '{"inputs": []}{"inputs": []}'],
    ['a comment', '/* */ {"inputs": [[1,2,3,4]]}'],
    ['single quotes', "{'inputs': [[1,2,3,4]]}"],
    ['a comma too many', `{"dataframe_split": {"columns": ${names}, "data": [[1,2,3,4],]}}`],
    ['a NUL', '{"inputs": \u0000[]}'],
    ['a NUL in a name', `{"dataframe_records": [{"\\u0000": 1}]}`],
    [
      'a lone surrogate in a name',
      `{"dataframe_split": {"columns": ["\\ud800", "b", "c", "d"], "data": [[1,2,3,4]]}}`,
    ],
    ['a lone surrogate in a cell', `{"dataframe_split": {"columns": ${names}, "data": [["\\udfff",2,3,4]]}}`],
    ['a lone surrogate in inputs', `{"inputs": "\\ud83d"}`],
    ['a raw line end in a string', '{"inputs": "a\nb"}'],
    ['a wrong escape', '{"inputs": "\\x41"}'],
    ['a cut escape', '{"inputs": "\\u12"}'],
    ['ragged rows', `{"dataframe_split": {"columns": ${names}, "data": [[1,2,3,4],[1]]}}`],
    ['100,000 empty rows', `{"dataframe_split": {"columns": ${names}, "data": [${'[],'.repeat(99_999)}[]]}}`],
    ['100,000 columns', JSON.stringify({ dataframe_split: { columns: many, data: [many] } })],
    ['100,000 keys', `{${many.map((name) => `"${name}": 1`).join(',')}}`],
    ['a name of a megabyte', `{"${'x'.repeat(1_000_000)}": 1}`],
    [
      'columns twice',
      `{"dataframe_split": {"columns": [${names.slice(1, -1)}, "a", "a"], "data": [[1,2,3,4]]}}`,
    ],
    ['an unknown key', `{"dataframe_split": {"columns": ${names}, "data": [[1,2,3,4]], "rows": 1}}`],
    [
      'an index that does not fit',
      `{"dataframe_split": {"columns": ${names}, "data": [[1,2,3,4],[1,2,3,4]], "index": [1,2,3]}}`,
    ],
    ['unequal columns', `{"instances": [{"a": 1}, {"b": 2}]}`],
    ['__proto__ and __class__', '{"__proto__": {"inputs": 1}, "__class__": "os.system"}'],
    ['a pickle by name', '{"py/object": "os.system", "inputs": {"py/reduce": ["os.system", "true"]}}'],
  ];
  return bodies.map(([name, body]) => posted({ name, family: 'odd JSON', expects: refused }, { body }));
}
