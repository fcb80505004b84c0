import { usage } from './usage.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };
const BINARY: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** A size on a disk: `500MB`, `5GB`, `1.5TB` (decimal, as they are shown), `20GiB`, or bytes. Throws USAGE. */
export function parseSize(text: string, name: string): number {
  const [, digits = '', unit = '', binary = ''] = /^(\d+(?:\.\d+)?) ?([kmgt]?)(i?)b?$/i.exec(text) ?? [];
  const units = binary === '' ? UNITS : BINARY;
  const bytes = Math.floor(Number(digits) * (units[unit.toLowerCase()] ?? NaN));
  if (digits !== '' && Number.isSafeInteger(bytes)) return bytes;
  throw usage(`'${text}' for ${name} is not a size`, 'such as 500MB or 20GB');
}
