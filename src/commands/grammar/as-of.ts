import { usage } from './usage.ts';

const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** `training`, a day (its end, UTC, so that the day counts), or a moment in RFC 3339. Throws USAGE. */
export function parseAsOf(text: string): string {
  if (text === 'training') return text;
  if (DAY.test(text) && isDate(text)) return `${text}T23:59:59Z`;
  if (MOMENT.test(text) && isDate(text)) return text;
  throw usage(`'${text}' for --as-of is no day`, "'training', YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SSZ");
}

/** JavaScript makes 2026-02-30 the second of March. */
function isDate(text: string): boolean {
  const day = text.slice(0, 10);
  return !Number.isNaN(Date.parse(text)) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}
