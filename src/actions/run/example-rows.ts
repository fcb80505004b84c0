import type { ColumnSpec, DataType, ScalarType, Schema, TensorSpec } from '../../model/signature.ts';

/** A body with more numbers than this is of no use on a command line. */
const MAX_TENSOR_VALUES = 256;

const SCALARS: Readonly<Record<ScalarType, unknown>> = {
  boolean: true,
  integer: 1,
  long: 1,
  float: 0.5,
  double: 0.5,
  string: 'text',
  binary: 'AA==',
  datetime: '2024-01-01T00:00:00',
  sparkml_vector: [0.5],
};

/** A body for /invocations with one made-up row that the schema accepts; undefined when it would be too large. */
export function exampleBody(schema: Schema): unknown {
  return schema.kind === 'columns' ? columnsBody(schema.columns) : tensorsBody(schema.tensors);
}

function columnsBody(columns: readonly ColumnSpec[]): unknown {
  const names = columns.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const row = columns.map(({ type }) => exampleValue(type));
  const header = names.length === columns.length ? { columns: names } : {};
  return { dataframe_split: { ...header, data: [row] } };
}

function tensorsBody(tensors: readonly TensorSpec[]): unknown {
  const size = tensors.reduce((sum, { shape }) => sum + shape.reduce((n, length) => n * known(length), 1), 0);
  const [first] = tensors;
  if (first === undefined || size > MAX_TENSOR_VALUES) return undefined;
  const named = tensors.flatMap((spec) =>
    spec.name === undefined ? [] : [[spec.name, tensor(spec)] as const],
  );
  return { inputs: named.length === tensors.length ? Object.fromEntries(named) : tensor(first) };
}

function exampleValue(type: DataType): unknown {
  switch (type.kind) {
    case 'scalar':
      return SCALARS[type.name];
    case 'array':
      return [exampleValue(type.items)];
    case 'map':
      return { key: exampleValue(type.values) };
    case 'object':
      return Object.fromEntries(
        Object.entries(type.properties).map(([name, property]) => [name, exampleValue(property.type)]),
      );
    case 'any':
      return 'text';
  }
}

function tensor({ dtype, shape }: TensorSpec): unknown {
  return shape.reduceRight<unknown>(
    (value, length) => Array.from({ length: known(length) }, () => value),
    element(dtype),
  );
}

/** Any length (-1) is one. */
function known(length: number): number {
  return length < 0 ? 1 : length;
}

function element(dtype: string): unknown {
  if (dtype.startsWith('float')) return 0.5;
  if (/^u?int/.test(dtype)) return 1;
  if (dtype === 'bool') return true;
  if (dtype.startsWith('datetime')) return '2024-01-01T00:00:00';
  return 'text';
}
