import type { Progress } from '../../core/events.ts';

/** Decimal units, as docker prints them: `45.1 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return unit === 0 ? `${Math.round(value)} B` : `${value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** `0.4 s`, `12.3 s`, `2 min 05 s`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/**
 * `45.1 MB of 120.0 MB`, `3 of 7`, with the note behind; of bytes also the rate and how long the rest takes at this rate.
 *
 * @param elapsed milliseconds since the step began
 */
export function formatProgress({ done, total, unit, note }: Progress, elapsed = 0): string {
  const amount = (value: number): string => (unit === 'bytes' ? formatBytes(value) : String(value));
  const reached = total === undefined ? amount(done) : `${amount(done)} of ${amount(total)}`;
  const pace = unit === 'bytes' ? formatPace(done, total, elapsed) : '';
  return note === undefined ? `${reached}${pace}` : `${reached}${pace} (${note})`;
}

/** A rate over less says nothing yet. */
const PACE_AFTER = 2000;

/** `, 12.3 MB/s, 6 s left`; nothing while it cannot be told. */
function formatPace(done: number, total: number | undefined, elapsed: number): string {
  if (elapsed < PACE_AFTER || done <= 0) return '';
  const rate = `, ${formatBytes((done / elapsed) * 1000)}/s`;
  if (total === undefined || done >= total) return rate;
  return `${rate}, ${formatRest(((total - done) / done) * elapsed)} left`;
}

/** An estimate, so whole seconds: `6 s`, `2 min 05 s`, `3 h 20 min`. */
function formatRest(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return formatDuration(seconds * 1000);
  const minutes = Math.ceil(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
