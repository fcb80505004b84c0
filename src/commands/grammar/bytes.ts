import { usage } from './usage.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
/** What engines give a container at least. */
const LEAST = 6 * 1024 ** 2;

/** Docker's way to write memory: a number and b, k, m or g. Throws USAGE. */
export function parseBytes(text: string, option: string): number {
  const bytes = bytesIn(text);
  if (bytes >= LEAST) return bytes;
  throw usage(`'${text}' for --${option} is not an amount of memory`, 'such as 512m or 2g, at least 6m');
}

/** The same of what may be small. Throws USAGE. */
export function parseSize(text: string, option: string): number {
  const bytes = bytesIn(text);
  if (bytes > 0) return bytes;
  throw usage(`'${text}' for --${option} is not a size`, 'such as 64m or 1g');
}

/** 0 for what is no size. */
function bytesIn(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)([bkmg]?)b?$/i.exec(text) ?? [];
  const bytes = Math.floor(Number(digits) * (UNITS[unit.toLowerCase()] ?? NaN));
  return digits !== '' && Number.isSafeInteger(bytes) ? bytes : 0;
}
