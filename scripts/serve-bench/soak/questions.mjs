import { requestBytes } from '../wire.mjs';

/**
 * Requests with their known answers, as many forms as the protocol has. Everything is made once, as bytes; a run then only sends.
 *
 * @typedef {object} Answers
 * @property {string[]} columns
 * @property {number[][]} rows
 * @property {number[]} predictions of each row
 * @property {{ rows: number[], body: string }[]} parquet indexes of rows, and the file in base64
 * @property {{ name: string, body: string }[]} bombs parquet files that no model takes
 * @typedef {{ name: string, bytes: Buffer, status: number, isRight: (body: string) => boolean }} Question
 * @typedef {import('./random.mjs').Random} Random
 */

const JSON_TYPE = 'application/json';
const COPIES = 40;

/** @param {Answers} answers @param {Random} random @returns {Question[]} */
export function mixedQuestions(answers, random) {
  const good = goodForms(answers);
  const list = [];
  for (let copy = 0; copy < COPIES; copy += 1) {
    const indexes = Array.from({ length: 1 + random.below(12) }, () => random.below(answers.rows.length));
    for (const [name, form] of Object.entries(good))
      list.push(goodQuestion(answers, { name, form, indexes }));
    list.push(...badQuestions(answers), ...statusQuestions());
  }
  for (const { rows, body } of answers.parquet) {
    const form = () => ({
      path: '/invocations',
      type: 'application/vnd.apache.parquet',
      body: Buffer.from(body, 'base64'),
    });
    list.push(goodQuestion(answers, { name: 'parquet', form, indexes: rows }));
  }
  return list;
}

/** Of each form one question of one row that is answered with 200. @param {Answers} answers @returns {Question[]} */
export const rightQuestions = (answers) =>
  Object.entries(goodForms(answers)).map(([name, form], at) =>
    goodQuestion(answers, { name, form, indexes: [(at * 11) % answers.rows.length] }),
  );

/** @typedef {(rows: number[][]) => { path: string, type?: string, body: string | Buffer }} Form */

/** @param {Answers} answers @returns {Record<string, Form>} */
function goodForms({ columns }) {
  const path = '/invocations';
  const records = (/** @type {number[][]} */ rows) =>
    rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));
  const byColumn = (/** @type {number[][]} */ rows) =>
    Object.fromEntries(columns.map((column, index) => [column, rows.map((row) => row[index])]));
  /** @param {(rows: number[][]) => unknown} value @param {string} [type] @returns {Form} */
  const json =
    (value, type = JSON_TYPE) =>
    (rows) => ({ path, type, body: JSON.stringify(value(rows)) });
  return {
    dataframe_split: json((data) => ({ dataframe_split: { columns, data } })),
    'dataframe_split, columns turned round': json((data) => ({
      dataframe_split: {
        columns: [...columns].reverse(),
        data: data.map((row) => [...row].reverse()),
        index: data.map((_, at) => at),
      },
    })),
    'dataframe_split, spaced, utf-8': (rows) => ({
      path,
      type: 'application/json; charset=utf-8',
      body: JSON.stringify({ dataframe_split: { columns, data: rows } }, undefined, 2),
    }),
    dataframe_records: json((rows) => ({ dataframe_records: records(rows) })),
    'dataframe_records, one column more': json((rows) => ({
      dataframe_records: records(rows).map((record) => ({ ...record, note: 'extra' })),
    })),
    instances: json((rows) => ({ instances: records(rows) })),
    'inputs by column': json((rows) => ({ inputs: byColumn(rows) })),
    'inputs by row': json((rows) => ({ inputs: records(rows) })),
    params: json((data) => ({
      dataframe_split: { columns, data },
      params: { threshold: 0.25, label: 'soak', unknown: 1 },
    })),
    'no Content-Type': (rows) => ({ path, body: JSON.stringify({ dataframe_records: records(rows) }) }),
    csv: (rows) => ({
      path,
      type: 'text/csv',
      body: `${[columns, ...rows].map((line) => line.join(',')).join('\n')}\n`,
    }),
    '/predict by position': (rows) => ({
      path: '/predict',
      type: JSON_TYPE,
      body: JSON.stringify({ inputs: rows }),
    }),
    '/predict by name': (rows) => ({
      path: '/predict',
      type: JSON_TYPE,
      body: JSON.stringify({ inputs: records(rows) }),
    }),
  };
}

/** @param {Answers} answers @param {{ name: string, form: Form, indexes: readonly number[] }} what @returns {Question} */
function goodQuestion({ rows, predictions }, { name, form, indexes }) {
  const right = JSON.stringify(indexes.map((index) => predictions[index]));
  return {
    name,
    bytes: requestBytes(form(indexes.map((index) => /** @type {number[]} */ (rows[index])))),
    status: 200,
    isRight: (body) => JSON.stringify(JSON.parse(body).predictions) === right,
  };
}

/** @param {Answers} answers @returns {Question[]} */
function badQuestions({ columns, rows }) {
  const [row = []] = rows;
  /** @param {string} name @param {unknown} value @param {string} code @returns {Question} */
  const invocation = (name, value, code) => ({
    name: `bad: ${name}`,
    bytes: requestBytes({
      path: '/invocations',
      type: JSON_TYPE,
      body: typeof value === 'string' ? value : JSON.stringify(value),
    }),
    status: 400,
    isRight: (body) => JSON.parse(body).error_code === code,
  });
  /** @param {string} name @param {unknown} value @param {string} error @returns {Question} */
  const predict = (name, value, error) => ({
    name: `bad: /predict ${name}`,
    bytes: requestBytes({ path: '/predict', type: JSON_TYPE, body: JSON.stringify(value) }),
    status: 400,
    isRight: (body) => JSON.parse(body).error === error,
  });
  const split = { columns, data: [row] };
  const noNumbers = 'Please provide numerical values in inputs';
  return [
    invocation('truncated', '{"dataframe_split": {"columns": [', 'BAD_REQUEST'),
    invocation('two forms', { dataframe_split: split, inputs: [1] }, 'BAD_REQUEST'),
    invocation('no form', { rows: [row] }, 'BAD_REQUEST'),
    invocation(
      'a column is missing',
      { dataframe_split: { columns: columns.slice(1), data: [row.slice(1)] } },
      'INVALID_PARAMETER_VALUE',
    ),
    invocation(
      'params of the wrong type',
      { dataframe_split: split, params: { threshold: 'high' } },
      'INVALID_PARAMETER_VALUE',
    ),
    predict('without inputs', { rows: [row] }, 'Please provide an array of "inputs"'),
    predict('text', { inputs: [['a', 'b', 'c', 'd']] }, noNumbers),
    predict('ragged', { inputs: [row, row.slice(1)] }, noNumbers),
    {
      name: 'bad: content type',
      bytes: requestBytes({ path: '/invocations', type: 'text/plain', body: 'hello' }),
      status: 415,
      isRight: () => true,
    },
  ];
}

/** @returns {Question[]} */
function statusQuestions() {
  /** @param {string} path @param {number} status @param {(body: string) => boolean} [isRight] @returns {Question} */
  const get = (path, status, isRight = () => true) => ({
    name: `GET ${path}`,
    bytes: requestBytes({ method: 'GET', path }),
    status,
    isRight,
  });
  return [
    get('/ping', 200, (body) => body === '\n'),
    get('/version', 200, (body) => /^\d+\.\d+/.test(body)),
    get('/health/ready', 200),
    get('/invocations', 405),
    get('/no/such/path', 404),
  ];
}
