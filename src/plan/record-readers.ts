import { CaissonError } from '../core/errors.ts';
import { withoutUndefined, type Defined } from '../core/objects.ts';

/** Reads one value of a record; `at` is its path, for errors. Throws RECORD_BROKEN. */
export type Reader<T> = (value: unknown, at: string) => T;

/** A reader for every field of T: a field that is added to T does not compile before it has one here. */
export type Readers<T> = { readonly [K in keyof T]-?: Reader<T[K]> };

export const text: Reader<string> = (value, at) => {
  if (typeof value === 'string') return value;
  throw broken(`'${at}' is not text`);
};

export const wholeNumber: Reader<number> = (value, at) => {
  if (Number.isSafeInteger(value)) return value as number;
  throw broken(`'${at}' is not a whole number`);
};

export function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return (value, at) => (value === undefined ? undefined : read(value, at));
}

export function listOf<T>(read: Reader<T>): Reader<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw broken(`'${at}' is not a list`);
    return value.map((item: unknown, index) => read(item, `${at}[${index}]`));
  };
}

export function recordOf<T>(read: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (value, at) =>
    Object.fromEntries(
      Object.entries(objectAt(value, at)).map(([key, held]) => [key, read(held, `${at}.${key}`)]),
    );
}

export function oneOf<const T extends string>(...choices: readonly T[]): Reader<T> {
  return (value, at) => {
    const choice = choices.find((each) => each === value);
    if (choice === undefined) throw broken(`'${at}' is none of ${choices.join(', ')}`);
    return choice;
  };
}

/** An object of exactly these fields: an unknown one is what a newer caisson wrote, and must not be dropped in silence. */
export function objectOf<T extends object>(readers: Readers<T>): Reader<Defined<T>> {
  return (value, at) => {
    const held = objectAt(value, at);
    const unknown = Object.keys(held).find((key) => !Object.hasOwn(readers, key));
    if (unknown !== undefined) throw newer(`it holds '${at}.${unknown}'`);
    const fields = Object.entries<Reader<unknown>>(readers).map(([key, read]) => [
      key,
      read(held[key], `${at}.${key}`),
    ]);
    return withoutUndefined(Object.fromEntries(fields) as T);
  };
}

export function broken(reason: string, cause?: unknown): CaissonError {
  return new CaissonError('RECORD_BROKEN', `the build record of the image cannot be read: ${reason}`, {
    cause,
  });
}

export function newer(reason: string): CaissonError {
  return new CaissonError('RECORD_BROKEN', `the build record of the image is of a newer caisson: ${reason}`, {
    hint: 'use the caisson version that the label io.caisson.version names, or a later one',
  });
}

function objectAt(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw broken(`'${at}' is not an object`);
}
