import { say } from '../support/terminal.mjs';
import { median } from './statistics.mjs';

/** @typedef {import('./measures.mjs').Figures} Figures */
/** @typedef {import('./measures.mjs').Measure} Measure */

/**
 * The lines of the table, and how caisson must stand to MLflow.
 * @type {readonly { measure: Measure, title: string, digits: number, goal?: { ratio: number, better: 'more' | 'less' } }[]}
 */
const LINES = [
  { measure: 'ready', title: 'ready, s', digits: 2, goal: { ratio: 0.45, better: 'less' } },
  { measure: 'many', title: 'requests/s, 32 connections', digits: 0, goal: { ratio: 15, better: 'more' } },
  { measure: 'one', title: 'requests/s, 1 connection', digits: 0, goal: { ratio: 8, better: 'more' } },
  { measure: 'p50', title: 'p50 at the rate, ms', digits: 2 },
  { measure: 'p99', title: 'p99 at the rate, ms', digits: 2, goal: { ratio: 0.3, better: 'less' } },
  { measure: 'table', title: '10,000 rows JSON, /s', digits: 2, goal: { ratio: 1.5, better: 'more' } },
  { measure: 'csv', title: '10,000 rows CSV, /s', digits: 2, goal: { ratio: 1.5, better: 'more' } },
  { measure: 'idle', title: 'memory idle, MiB', digits: 0, goal: { ratio: 0.25, better: 'less' } },
  { measure: 'loaded', title: 'memory loaded, MiB', digits: 0, goal: { ratio: 0.25, better: 'less' } },
];

/**
 * Medians of every contestant's turns.
 * @param {ReadonlyMap<string, readonly Figures[]>} turns @returns {Map<string, Figures>}
 */
export function medians(turns) {
  return new Map(
    [...turns].map(([name, list]) => [
      name,
      Object.fromEntries(
        LINES.flatMap(({ measure }) => {
          const values = list.flatMap((figures) => figures[measure] ?? []);
          return values.length === 0 ? [] : [[measure, median(values)]];
        }),
      ),
    ]),
  );
}

/**
 * Prints the table; says for each goal whether this run reached it. @param {ReadonlyMap<string, Figures>} score
 * @returns {{ title: string, ratio: number, goal: number, reached: boolean }[]}
 */
export function sayScore(score) {
  const names = [...score.keys()];
  const widths = names.map((name) => Math.max(name.length, 9) + 2);
  say(
    `  ${''.padEnd(28)}${names.map((name, index) => name.padStart(widths[index] ?? 0)).join('')}   caisson/mlflow`,
  );
  const goals = [];
  for (const { measure, title, digits, goal } of LINES) {
    const cells = names.map((name, index) => {
      const value = score.get(name)?.[measure];
      return (value === undefined ? '-' : value.toFixed(digits)).padStart(widths[index] ?? 0);
    });
    const ratio = (score.get('caisson')?.[measure] ?? NaN) / (score.get('mlflow')?.[measure] ?? NaN);
    const reached = goal && (goal.better === 'more' ? ratio >= goal.ratio : ratio <= goal.ratio);
    if (goal && !Number.isNaN(ratio))
      goals.push({ title, ratio, goal: goal.ratio, reached: reached === true });
    const sign = goal?.better === 'more' ? '>=' : '<=';
    const verdict = goal ? `   goal ${sign} ${goal.ratio} x${reached === true ? '' : '  MISSED'}` : '';
    const shown = Number.isNaN(ratio) ? '' : `${ratio.toFixed(2)} x${verdict}`;
    say(`  ${title.padEnd(28)}${cells.join('')}   ${shown}`);
  }
  return goals;
}

/** Names of the measures in which another server than MLflow's is ahead of caisson. @param {ReadonlyMap<string, Figures>} score */
export function sayRivals(score) {
  const own = score.get('caisson');
  if (own === undefined) return;
  for (const [name, figures] of score) {
    if (name === 'caisson' || name === 'mlflow') continue;
    const ahead = LINES.filter(({ measure }) => isAhead(measure, figures, own)).map(({ title }) => title);
    say(
      ahead.length === 0
        ? `  caisson is ahead of ${name} everywhere`
        : `  ${name} is ahead in: ${ahead.join('; ')}`,
    );
  }
}

/** @param {Measure} measure @param {Figures} figures @param {Figures} own */
function isAhead(measure, figures, own) {
  const theirs = figures[measure];
  const ours = own[measure];
  if (theirs === undefined || ours === undefined) return false;
  return ['one', 'many', 'table', 'csv'].includes(measure) ? theirs > ours : theirs < ours;
}
