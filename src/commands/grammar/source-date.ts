import { usage } from './usage.ts';

/** Dates beyond this are none (ECMAScript, time values), in seconds. */
const LAST = 8_640_000_000_000;

/**
 * The time of SOURCE_DATE_EPOCH (reproducible-builds.org), seconds since 1970, in ISO 8601; undefined when the variable is not set or empty.
 * Throws USAGE.
 */
export function parseSourceDate(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds <= LAST)
    return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  throw usage(
    `'${text}' for SOURCE_DATE_EPOCH is not a number of seconds`,
    'such as $(git log -1 --format=%ct)',
  );
}
