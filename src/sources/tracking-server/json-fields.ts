import type { JsonObject } from './server-api.ts';

/** An object inside an object; an empty one when it is missing, as protobuf leaves empty messages out. */
export function objectOf(value: JsonObject, key: string): JsonObject {
  const inner = value[key];
  return isObject(inner) ? inner : {};
}

/** A list of objects; empty when it is missing, as protobuf leaves empty lists out. */
export function listOf(value: JsonObject, key: string): readonly JsonObject[] {
  const list = value[key];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** Text that is not empty. */
export function textOf(value: JsonObject, key: string): string | undefined {
  const text = value[key];
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** A whole number; protobuf writes 64-bit ones as text. */
export function numberOf(value: JsonObject, key: string): number | undefined {
  const number = Number(value[key] === '' ? Number.NaN : (value[key] ?? Number.NaN));
  return Number.isSafeInteger(number) ? number : undefined;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
