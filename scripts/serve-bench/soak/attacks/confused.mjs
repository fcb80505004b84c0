import { validOrRefused } from '../expectations.mjs';
import { posted } from './requests.mjs';

/** @typedef {import('../attack.mjs').Attack} Attack */
/** @typedef {import('../random.mjs').Random} Random */

const CHANCE = validOrRefused('chance may hit something that fits');

const WORDS = [
  '',
  'a',
  '1',
  'NaN',
  'null',
  '\u0000',
  '\ud800',
  '💥',
  '../..',
  '%s%n',
  "' OR 1=1",
  '1970-01-01',
  'AAAA',
  '=1+1',
];
const KEYS = [
  'inputs',
  'instances',
  'dataframe_split',
  'dataframe_records',
  'columns',
  'data',
  'index',
  'params',
].concat([
  'messages',
  'prompt',
  'input',
  'threshold',
  'label',
  '',
  '__class__',
  'name',
  'shape',
  'datatype',
  'input_data',
]);
const NUMBERS = [0, -1, 1e308, -1e308, 5e-324, 2 ** 53, -(2 ** 63), 1.5, 255, 1e21];

/**
 * Right questions with a few values put in the place of others: another type in each form, now and then something that fits.
 * @param {import('../questions.mjs').Answers} answers @param {Random} random @returns {() => Attack}
 */
export function confusedJson({ columns, rows }, random) {
  return () => {
    const row = random.pick(rows);
    const record = Object.fromEntries(columns.map((column, at) => [column, row[at]]));
    const [name, path, value] = random.pick(forms({ columns, row, record }));
    let body = value;
    for (let times = 1 + random.below(3); times > 0; times -= 1) body = confuse(body, random);
    const text = JSON.stringify(body);
    return posted(
      { name: `${name}: ${text.slice(0, 200)}`, family: 'confused JSON', expects: CHANCE },
      { path, body: text },
    );
  };
}

/** @param {{ columns: readonly string[], row: readonly number[], record: object }} flower @returns {[string, string, unknown][]} */
const forms = ({ columns, row, record }) => [
  ['split', '/invocations', { dataframe_split: { columns, data: [row, row] } }],
  ['split and index', '/invocations', { dataframe_split: { columns, index: [0, 1], data: [row, row] } }],
  ['records', '/invocations', { dataframe_records: [record, record] }],
  ['instances', '/invocations', { instances: [record, record] }],
  ['inputs', '/invocations', { inputs: record }],
  ['params', '/invocations', { dataframe_records: [record], params: { threshold: 0.5, label: 'x' } }],
  ['language model', '/invocations', { messages: [{ role: 'user', content: 'hello' }], threshold: 0.5 }],
  ['/predict', '/predict', { inputs: [row, row] }],
  ['/predict by name', '/predict', { inputs: [record] }],
  ['/predict, one row', '/predict', { inputs: row }],
  [
    'open inference',
    '/v2/models/iris/infer',
    {
      id: '1',
      inputs: [{ name: columns[0], shape: [2, 4], datatype: 'FP64', data: [row, row], parameters: {} }],
    },
  ],
  ['Azure', '/score', { input_data: { columns, index: [0], data: [row] }, params: {} }],
];

/** The value with something else at a place that chance picks. @param {unknown} value @param {Random} random @returns {unknown} */
function confuse(value, random) {
  if (random.below(4) === 0 || value === null || typeof value !== 'object') return anything(random, 3);
  if (Array.isArray(value)) {
    const at = random.below(value.length + 1);
    return [...value.slice(0, at), confuse(value[at] ?? 0, random), ...value.slice(at + 1)];
  }
  const entries = Object.entries(value);
  const [key, inner] = entries[random.below(entries.length)] ?? ['inputs', []];
  const turn = random.below(6);
  const others = entries.filter(([name]) => name !== key);
  if (turn === 0) return Object.fromEntries(others);
  if (turn === 1) return Object.fromEntries([...others, [random.pick(KEYS), inner]]);
  if (turn === 2) return Object.fromEntries([...entries, [random.pick(KEYS), anything(random, 2)]]);
  return Object.fromEntries([...others, [key, confuse(inner, random)]]);
}

/** @param {Random} random @param {number} depth @returns {unknown} */
function anything(random, depth) {
  const kind = random.below(depth > 0 ? 9 : 6);
  if (kind === 0) return null;
  if (kind === 1) return random.below(2) === 0;
  if (kind === 2) return random.pick(NUMBERS);
  if (kind === 3) return random.next() * 10;
  if (kind === 4) return random.pick(WORDS);
  if (kind === 5) return random.pick(KEYS);
  const size = random.below(4);
  if (kind < 8) return Array.from({ length: size }, () => anything(random, depth - 1));
  return Object.fromEntries(
    Array.from({ length: size }, () => [random.pick(KEYS), anything(random, depth - 1)]),
  );
}
