import { usage } from './usage.ts';

const MINUTE = 60_000;
const UNITS: Readonly<Record<string, number>> = {
  m: MINUTE,
  h: 60 * MINUTE,
  d: 24 * 60 * MINUTE,
  w: 7 * 24 * 60 * MINUTE,
};

/** A span of time such as `30d`, `12h`, `2w` or `90m`, in milliseconds. Throws USAGE. */
export function parseAge(text: string, option: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const milliseconds = Number(digits) * (UNITS[unit] ?? NaN);
  if (digits !== '' && Number.isSafeInteger(milliseconds)) return milliseconds;
  throw usage(`'${text}' for --${option} is not a span of time`, 'such as 30d, 12h, 2w or 90m');
}
