import { usage } from './usage.ts';

/** A number of seconds above zero, in milliseconds. Throws USAGE. */
export function parseSeconds(text: string, option: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(seconds > 0 && seconds <= 86_400))
    throw usage(`'${text}' for --${option} is not a number of seconds`, 'above 0, at most 86400');
  return seconds * 1000;
}
