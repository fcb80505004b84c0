/**
 * What the servers are asked: flowers that every iris model tells apart for certain, and the species that it must say.
 * @typedef {{ path: string, type: string, body: string }} Question
 */

const FLOWERS = [
  [5.1, 3.5, 1.4, 0.2],
  [5.7, 2.8, 4.1, 1.3],
  [6.9, 3.1, 5.4, 2.1],
];
const COLUMNS = ['sepal length (cm)', 'sepal width (cm)', 'petal length (cm)', 'petal width (cm)'];
const JSON_TYPE = 'application/json';

/** @param {number} count */
export const flowers = (count) =>
  Array.from({ length: count }, (_, index) => /** @type {number[]} */ (FLOWERS[index % FLOWERS.length]));

/** @param {number} count @returns {number[]} */
export const species = (count) => Array.from({ length: count }, (_, index) => index % FLOWERS.length);

/** @param {readonly number[][]} rows @returns {Question} */
export const asInputs = (rows) => ({
  path: '/invocations',
  type: JSON_TYPE,
  body: JSON.stringify({ inputs: rows }),
});

/** @param {readonly number[][]} rows @returns {Question} */
export const asSplit = (rows) => ({
  path: '/invocations',
  type: JSON_TYPE,
  body: JSON.stringify({ dataframe_split: { columns: COLUMNS, data: rows } }),
});

/** @param {readonly number[][]} rows @returns {Question} */
export const asCsv = (rows) => ({
  path: '/invocations',
  type: 'text/csv',
  body: `${[COLUMNS.join(','), ...rows.map((row) => row.join(','))].join('\n')}\n`,
});

/** BentoML's and LitServe's own form. @param {readonly number[][]} rows @returns {Question} */
export const asPredict = (rows) => ({
  path: '/predict',
  type: JSON_TYPE,
  body: JSON.stringify({ inputs: rows }),
});

/** The Open Inference Protocol's. @param {readonly number[][]} rows @returns {Question} */
export const asOpenInference = (rows) => ({
  path: '/v2/models/iris/infer',
  type: JSON_TYPE,
  body: JSON.stringify({
    inputs: [{ name: 'x', shape: [rows.length, 4], datatype: 'FP64', data: rows.flat() }],
  }),
});
