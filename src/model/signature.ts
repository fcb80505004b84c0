import { CaissonError, messageOf } from '../core/errors.ts';
import { parseDataType, type DataType } from './data-type.ts';
import { parsePythonJson } from './python-json.ts';
import { asMapping } from './yaml.ts';

export type { DataType, ScalarType } from './data-type.ts';

/** A model's signature (MLflow's types/schema.py), parsed from the JSON strings inside MLmodel. */
export interface Signature {
  readonly inputs?: Schema;
  readonly outputs?: Schema;
  readonly params: readonly ParamSpec[];
}

export type Schema =
  | { readonly kind: 'columns'; readonly columns: readonly ColumnSpec[] }
  | { readonly kind: 'tensors'; readonly tensors: readonly TensorSpec[] };

export interface ColumnSpec {
  readonly name?: string;
  readonly type: DataType;
  readonly required: boolean;
}

export interface TensorSpec {
  readonly name?: string;
  /** numpy's name, such as float64. */
  readonly dtype: string;
  /** -1 stands for any length. */
  readonly shape: readonly number[];
}

export interface ParamSpec {
  readonly name: string;
  readonly type: DataType;
  readonly default: unknown;
  readonly shape?: readonly number[];
}

type Mapping = Readonly<Record<string, unknown>>;

/** Parses the `signature` mapping of an MLmodel (values are JSON strings or null). Throws MODEL_BROKEN. */
export function parseSignature(value: unknown): Signature | undefined {
  if (value === undefined || value === null || value === '' || value === 'null' || value === '~')
    return undefined;
  const mapping = asMapping(value);
  if (mapping === undefined) throw broken('it is not a mapping of inputs, outputs and params');
  const inputs = parseSchema(mapping['inputs'], 'inputs');
  const outputs = parseSchema(mapping['outputs'], 'outputs');
  return {
    ...(inputs === undefined ? {} : { inputs }),
    ...(outputs === undefined ? {} : { outputs }),
    params: specs(mapping['params'], 'params').map(parseParam),
  };
}

function parseSchema(value: unknown, part: string): Schema | undefined {
  const items = specs(value, part);
  if (items.length === 0) return undefined;
  const tensors = items.filter((item) => item['type'] === 'tensor');
  if (tensors.length === 0) return { kind: 'columns', columns: items.map((item) => parseColumn(item, part)) };
  if (tensors.length < items.length) throw broken(`its ${part} mix tensors and columns`);
  return { kind: 'tensors', tensors: tensors.map((item) => parseTensor(item, part)) };
}

/** The JSON list behind one key; an absent or null one is empty. */
function specs(value: unknown, part: string): readonly Mapping[] {
  if (value === undefined || value === null || value === '' || value === '~') return [];
  const parsed = typeof value === 'string' ? parseJson(value, part) : value;
  if (parsed === null) return [];
  if (!Array.isArray(parsed)) throw broken(`its ${part} are not a list`);
  return parsed.map((item: unknown) => {
    const mapping = asMapping(item);
    if (mapping === undefined) throw broken(`its ${part} hold something that is not an object`);
    return mapping;
  });
}

function parseJson(text: string, part: string): unknown {
  try {
    return parsePythonJson(text);
  } catch (error) {
    throw broken(`its ${part} are not JSON: ${messageOf(error)}`);
  }
}

function parseColumn(item: Mapping, part: string): ColumnSpec {
  return {
    ...named(item, part),
    type: parseDataType(item, (reason) => broken(`in its ${part}, ${reason}`)),
    // older MLflow wrote `optional`; neither key means required
    required: item['required'] === undefined ? item['optional'] !== true : item['required'] !== false,
  };
}

function parseTensor(item: Mapping, part: string): TensorSpec {
  const spec = asMapping(item['tensor-spec']);
  const dtype = spec?.['dtype'];
  const shape = parseShape(spec?.['shape']);
  if (typeof dtype !== 'string' || shape === undefined)
    throw broken(`its ${part} hold a tensor without dtype or shape`);
  return { ...named(item, part), dtype, shape };
}

function parseParam(item: Mapping): ParamSpec {
  const { name } = named(item, 'params');
  if (name === undefined) throw broken('its params hold one without a name');
  const shape = parseShape(item['shape']);
  return {
    name,
    // MLflow itself reads both keys (ParamSpec.from_json_dict)
    type: parseDataType({ ...item, type: item['type'] ?? item['dtype'] }, (reason) =>
      broken(`in its param '${name}', ${reason}`),
    ),
    default: item['default'] ?? null,
    ...(shape === undefined ? {} : { shape }),
  };
}

function named(item: Mapping, part: string): { readonly name?: string } {
  const name = item['name'];
  if (name === undefined || name === null) return {};
  // pandas columns may be numbers, and MLflow writes them as they are
  if (typeof name === 'number') return { name: String(name) };
  if (typeof name !== 'string') throw broken(`its ${part} hold a name that is not text`);
  return { name };
}

function parseShape(value: unknown): readonly number[] | undefined {
  return Array.isArray(value) && value.every((length) => Number.isInteger(length))
    ? (value as number[])
    : undefined;
}

function broken(reason: string): CaissonError {
  return new CaissonError('MODEL_BROKEN', `the signature in 'MLmodel' is broken: ${reason}`, {
    hint: 'log the model again with a signature of mlflow.models.infer_signature',
  });
}
