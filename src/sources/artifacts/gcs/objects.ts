import { withoutUndefined } from '../../../core/objects.ts';
import type { Checksum } from '../port.ts';

/** What a listing says of an object. */
export interface StoredObject {
  readonly name: string;
  readonly size?: number;
  readonly generation?: string;
  readonly checksum?: Checksum;
  readonly encoding: 'plain' | 'compressed';
}

export interface ObjectPage {
  readonly objects: readonly StoredObject[];
  readonly nextPageToken?: string;
}

/** Parses the answer of `objects.list`; undefined when it is something else. Sizes and generations are numbers in strings. */
export function parsePage(text: string): ObjectPage | undefined {
  const value = parseRecord(text);
  const items = value?.['items'] ?? [];
  const kind = value?.['kind'];
  if (value === undefined || !Array.isArray(items)) return undefined;
  // a page of a login, or of another service, has none of the fields
  if (kind !== undefined && kind !== 'storage#objects') return undefined;
  const token = value['nextPageToken'];
  return {
    objects: items.flatMap((item: unknown) => parseObject(item) ?? []),
    ...(typeof token === 'string' && token !== '' ? { nextPageToken: token } : {}),
  };
}

function parseObject(item: unknown): StoredObject | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const object = item as Readonly<Record<string, unknown>>;
  const { name, size, generation, contentEncoding } = object;
  if (typeof name !== 'string') return undefined;
  return {
    name,
    encoding: contentEncoding === undefined || contentEncoding === '' ? 'plain' : 'compressed',
    ...withoutUndefined({
      size: typeof size === 'string' && /^\d{1,15}$/.test(size) ? Number(size) : undefined,
      generation: typeof generation === 'string' && /^\d+$/.test(generation) ? generation : undefined,
      checksum: checksumOf(object),
    }),
  };
}

/** Objects that were composed of others have only the second. Both are in base64. */
function checksumOf({ md5Hash, crc32c }: Readonly<Record<string, unknown>>): Checksum | undefined {
  if (typeof md5Hash === 'string') return sized({ algorithm: 'md5', value: hexOf(md5Hash) }, 32);
  if (typeof crc32c === 'string') return sized({ algorithm: 'crc32c', value: hexOf(crc32c) }, 8);
  return undefined;
}

const hexOf = (base64: string): string => Buffer.from(base64, 'base64').toString('hex');

const sized = (checksum: Checksum, length: number): Checksum | undefined =>
  checksum.value.length === length ? checksum : undefined;

function parseRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
