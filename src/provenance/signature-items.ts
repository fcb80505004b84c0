import type { DataType, Schema, Signature } from '../model/signature.ts';
import type { Items } from './items.ts';

/** Every column, tensor and parameter with its type, such as `inputs.petal length` → `double`. */
export function signatureItems(signature: Signature | undefined): Items {
  if (signature === undefined) return {};
  const { inputs, outputs, params } = signature;
  const items: (readonly [string, string])[] = [
    ...schemaItems('inputs', inputs),
    ...schemaItems('outputs', outputs),
    ...params.map(
      ({ name, type, default: value, shape }) =>
        [
          `params.${name}`,
          `${typeText(type)}${shape === undefined ? '' : shapeText(shape)} = ${JSON.stringify(value)}`,
        ] as const,
    ),
  ];
  return Object.fromEntries(items);
}

/** A type on one line: `double`, `array<long>`, `object<a: string, b?: long>`. */
function typeText(type: DataType): string {
  switch (type.kind) {
    case 'scalar':
      return type.name;
    case 'any':
      return 'any';
    case 'array':
      return `array<${typeText(type.items)}>`;
    case 'map':
      return `map<${typeText(type.values)}>`;
    case 'object':
      return `object<${Object.entries(type.properties)
        .map(([name, property]) => `${name}${property.required ? '' : '?'}: ${typeText(property.type)}`)
        .join(', ')}>`;
  }
}

/** A column without a name is known by its place. */
function schemaItems(part: string, schema: Schema | undefined): readonly (readonly [string, string])[] {
  if (schema === undefined) return [];
  if (schema.kind === 'tensors')
    return schema.tensors.map(({ name, dtype, shape }, index) => [
      `${part}.${name ?? index}`,
      `${dtype}${shapeText(shape)}`,
    ]);
  return schema.columns.map(({ name, type, required }, index) => [
    `${part}.${name ?? index}`,
    `${typeText(type)}${required ? '' : ' (optional)'}`,
  ]);
}

const shapeText = (shape: readonly number[]): string => `(${shape.join(', ')})`;
