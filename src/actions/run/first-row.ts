/** MLflow's serving example cut to its first row, form by form (scoring protocol); other forms are returned whole. */
export function firstRow(body: unknown): unknown {
  if (!isObject(body)) return body;
  const cut = { ...body };
  const split = cut['dataframe_split'];
  if (isObject(split)) cut['dataframe_split'] = cutSplit(split);
  for (const key of ['dataframe_records', 'instances', 'inputs']) {
    if (key in cut) cut[key] = cutRows(cut[key]);
  }
  return cut;
}

function cutSplit(split: Readonly<Record<string, unknown>>): unknown {
  const { index, data, ...rest } = split;
  return { ...rest, ...(Array.isArray(index) ? { index: index.slice(0, 1) } : {}), data: cutRows(data) };
}

/** Rows, or columns of rows. */
function cutRows(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1);
  if (!isObject(value) || !Object.values(value).every(Array.isArray)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, column]) => [name, cutRows(column)]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
