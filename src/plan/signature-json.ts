import type { ColumnSpec, DataType, ParamSpec, Schema, Signature, TensorSpec } from '../model/signature.ts';

/** The signature as one line of JSON, its parts written as MLflow writes them in MLmodel (types/schema.py, to_dict). */
export function signatureJson(signature: Signature): string {
  const json = JSON.stringify(signatureObject(signature));
  // JSON leaves these as they are; in a Dockerfile they could end the line
  return json.replace(/[\u007F-\u009F\u2028\u2029]/g, escapeCharacter);
}

/** The same as a value of JSON, which parseSignature reads. */
export function signatureObject({ inputs, outputs, params }: Signature): object {
  return {
    ...(inputs === undefined ? {} : { inputs: schemaJson(inputs) }),
    ...(outputs === undefined ? {} : { outputs: schemaJson(outputs) }),
    ...(params.length === 0 ? {} : { params: params.map(paramJson) }),
  };
}

const escapeCharacter = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

function schemaJson(schema: Schema): readonly object[] {
  return schema.kind === 'columns' ? schema.columns.map(columnJson) : schema.tensors.map(tensorJson);
}

function columnJson({ name, type, required }: ColumnSpec): object {
  return { ...typeJson(type), ...(name === undefined ? {} : { name }), required };
}

function tensorJson({ name, dtype, shape }: TensorSpec): object {
  return { type: 'tensor', 'tensor-spec': { dtype, shape }, ...(name === undefined ? {} : { name }) };
}

function paramJson({ name, type, default: value, shape }: ParamSpec): object {
  return { name, default: value, shape: shape ?? null, ...typeJson(type) };
}

function typeJson(type: DataType): object {
  switch (type.kind) {
    case 'scalar':
      return { type: type.name };
    case 'array':
      return { type: 'array', items: typeJson(type.items) };
    case 'map':
      return { type: 'map', values: typeJson(type.values) };
    case 'any':
      return { type: 'any' };
    case 'object':
      return {
        type: 'object',
        properties: Object.fromEntries(
          Object.entries(type.properties).map(([name, property]) => [
            name,
            { ...typeJson(property.type), required: property.required },
          ]),
        ),
      };
  }
}
