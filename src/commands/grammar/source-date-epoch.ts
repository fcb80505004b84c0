import { usage } from './usage.ts';

/** What the header of a tar can hold. */
const LAST = 0o77777777777;

/** Seconds since 1970 (reproducible-builds.org). Throws USAGE. */
export function parseSourceDateEpoch(text: string): number {
  const seconds = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= LAST) return seconds;
  throw usage(
    `'${text}' for SOURCE_DATE_EPOCH is no number of seconds since 1970`,
    'such as 1735689600; git log -1 --format=%ct prints that of a commit',
  );
}
