import { say } from './terminal.mjs';

/** @type {{ name: string, seconds: number }[]} */
const laps = [];

/** Measures one named part; parts that ran before show up in the table. @template T @param {string} name @param {() => Promise<T>} work */
export async function timed(name, work) {
  const start = performance.now();
  try {
    return await work();
  } finally {
    laps.push({ name, seconds: (performance.now() - start) / 1000 });
  }
}

/** @param {number} seconds */
export const formatSeconds = (seconds) =>
  seconds >= 100
    ? `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
    : `${seconds.toFixed(1)} s`;

/** Prints where the time went. */
export function sayDurations() {
  if (laps.length === 0) return;
  const whole = (performance.now() / 1000).toFixed(1);
  const width = Math.max(...laps.map(({ name }) => name.length), 5) + 2;
  say('\nDurations');
  for (const { name, seconds } of laps) say(`  ${name.padEnd(width)}${seconds.toFixed(1).padStart(7)} s`);
  say(`  ${'whole'.padEnd(width)}${whole.padStart(7)} s`);
}
