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

/** `45.1 MB of 120.0 MB`, `3 of 7`, with the note behind. */
export function formatProgress({ done, total, unit, note }: Progress): string {
  const amount = (value: number): string => (unit === 'bytes' ? formatBytes(value) : String(value));
  const reached = total === undefined ? amount(done) : `${amount(done)} of ${amount(total)}`;
  return note === undefined ? reached : `${reached} (${note})`;
}
