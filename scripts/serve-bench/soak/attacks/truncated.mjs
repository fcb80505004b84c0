import { refused, validOrRefused } from '../expectations.mjs';
import { JSON_TYPE, PARQUET_TYPE, posted } from './requests.mjs';

/** @typedef {import('../attack.mjs').Attack} Attack */

/** How far apart the cuts through a parquet file are. */
const PARQUET_STEP = 16;

/**
 * Right bodies, cut at every byte.
 * @param {import('../questions.mjs').Answers} answers @returns {Attack[]}
 */
export function truncatedBodies({ columns, rows, parquet }) {
  const [row = []] = rows;
  const record = Object.fromEntries(columns.map((column, at) => [column, row[at]]));
  const bodies = [
    { path: '/invocations', value: { dataframe_split: { columns, data: [row] } } },
    { path: '/invocations', value: { dataframe_records: [record] } },
    { path: '/invocations', value: { inputs: record, params: { label: 'é' } } },
    { path: '/predict', value: { inputs: [row] } },
    {
      path: '/v2/models/iris/infer',
      value: { inputs: [{ name: 'x', shape: [1, 4], datatype: 'FP64', data: row }] },
    },
  ];
  const json = bodies.flatMap(({ path, value }) => {
    const whole = Buffer.from(JSON.stringify(value));
    return cuts(whole, 1).map((body) =>
      posted(
        { name: `${path} JSON cut at ${body.length}`, family: 'truncated JSON', expects: refused },
        { path, type: JSON_TYPE, body },
      ),
    );
  });
  const csv = Buffer.from(`${columns.join(',')}\n${row.join(',')}\n`);
  const lines = cuts(csv, 1).map((body) =>
    posted(
      {
        name: `CSV cut at ${body.length}`,
        family: 'truncated CSV',
        expects:
          body.length > columns.join(',').length ? validOrRefused('a shorter line is a line') : refused,
      },
      { type: 'text/csv', body },
    ),
  );
  const file = Buffer.from(parquet[0]?.body ?? '', 'base64');
  const files = cuts(file, PARQUET_STEP).map((body) =>
    posted(
      { name: `parquet cut at ${body.length}`, family: 'truncated parquet', expects: refused },
      { type: PARQUET_TYPE, body },
    ),
  );
  return [...json, ...lines, ...files];
}

/** @param {Buffer} whole @param {number} step */
const cuts = (whole, step) =>
  Array.from({ length: Math.ceil(whole.length / step) }, (_, at) => whole.subarray(0, at * step));
