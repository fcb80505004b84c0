import { usage } from './usage.ts';

/** What the header of a tar can hold: the year 2242. */
const LAST = 0o77777777777;

/** SOURCE_DATE_EPOCH (reproducible-builds.org) in seconds since 1970; undefined when the variable is not set or empty. Throws USAGE. */
export function parseSourceDateEpoch(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds <= LAST) return seconds;
  throw usage(
    `'${text}' for SOURCE_DATE_EPOCH is not a number of seconds`,
    'such as $(git log -1 --format=%ct)',
  );
}

/** The same in ISO 8601. Throws USAGE. */
export function parseSourceDate(text: string | undefined): string | undefined {
  const seconds = parseSourceDateEpoch(text);
  return seconds === undefined ? undefined : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
