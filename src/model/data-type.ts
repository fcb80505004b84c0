import { asMapping } from './yaml.ts';

/** A type of MLflow's types/schema.py: scalars, and what can hold them. */
export type DataType =
  | { readonly kind: 'scalar'; readonly name: ScalarType }
  | { readonly kind: 'array'; readonly items: DataType }
  | {
      readonly kind: 'object';
      readonly properties: Readonly<Record<string, { readonly type: DataType; readonly required: boolean }>>;
    }
  | { readonly kind: 'map'; readonly values: DataType }
  | { readonly kind: 'any' };

const SCALARS = [
  'boolean',
  'integer',
  'long',
  'float',
  'double',
  'string',
  'binary',
  'datetime',
  'sparkml_vector',
] as const;

export type ScalarType = (typeof SCALARS)[number];

/** Deeper types are no data that anyone sends, and recursion must end. */
const MAX_DEPTH = 64;

/** Makes the error for a reason; the caller knows which part of the signature it is in. */
type Broken = (reason: string) => Error;
type Mapping = Readonly<Record<string, unknown>>;

/** Parses `{"type": …}`; throws what `broken` makes. */
export function parseDataType(item: Mapping, broken: Broken): DataType {
  return parseAt(item, { broken, depth: 0 });
}

interface Position {
  readonly broken: Broken;
  readonly depth: number;
}

function parseAt(item: unknown, { broken, depth }: Position): DataType {
  const mapping = asMapping(item);
  if (mapping === undefined) throw broken('a type is not an object');
  if (depth > MAX_DEPTH) throw broken(`a type is nested more than ${MAX_DEPTH} deep`);
  const inner: Position = { broken, depth: depth + 1 };
  const type = mapping['type'];
  switch (type) {
    case 'array':
      return { kind: 'array', items: parseAt(mapping['items'], inner) };
    case 'map':
      return { kind: 'map', values: parseAt(mapping['values'], inner) };
    case 'object':
      return { kind: 'object', properties: parseProperties(mapping['properties'], inner) };
    case 'any':
      return { kind: 'any' };
    default:
      return { kind: 'scalar', name: parseScalar(type, broken) };
  }
}

function parseProperties(
  value: unknown,
  inner: Position,
): Readonly<Record<string, { readonly type: DataType; readonly required: boolean }>> {
  const mapping = asMapping(value);
  if (mapping === undefined) throw inner.broken('an object has no properties');
  return Object.fromEntries(
    Object.entries(mapping).map(([name, property]) => [
      name,
      { type: parseAt(property, inner), required: asMapping(property)?.['required'] !== false },
    ]),
  );
}

function parseScalar(type: unknown, broken: Broken): ScalarType {
  const known = SCALARS.find((name) => name === type);
  if (known === undefined)
    throw broken(type === undefined ? 'a type is missing' : `the type ${JSON.stringify(type)} is not known`);
  return known;
}
