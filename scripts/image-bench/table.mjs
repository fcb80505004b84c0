import { say } from '../support/terminal.mjs';

/**
 * A line of the result: what each took, and how caisson's figure stands against a goal.
 *
 * @typedef {{ caisson: number, tested?: number, mlflow?: number, floor?: number }} Figures `floor`: by hand, or a bare COPY
 * @typedef {{ against: 'mlflow' | 'floor', atMost: number }} Goal of caisson's figure, as a share of another one
 * @typedef {object} Line
 * @property {string} what
 * @property {string} unit
 * @property {Figures} figures
 * @property {readonly Goal[]} goals
 * @property {string} [note]
 */

const NAMES = { mlflow: 'MLflow', floor: 'floor' };

/** @param {readonly Line[]} lines */
export function sayTable(lines) {
  say(`  ${''.padEnd(38)}${['caisson', '+ self-test', 'MLflow', 'floor'].map(rightOf).join('')}   of goal`);
  for (const line of lines) {
    const { caisson, tested, mlflow, floor } = line.figures;
    const cells = [caisson, tested, mlflow, floor].map((value) => rightOf(formatted(value, line.unit)));
    say(`  ${line.what.padEnd(38)}${cells.join('')}   ${verdict(line)}`);
  }
}

/** @param {string} text */
const rightOf = (text) => text.padStart(13);

/** @param {number | undefined} value @param {string} unit */
const formatted = (value, unit) =>
  value === undefined ? '-' : `${value.toFixed(Math.abs(value) < 10 ? 2 : 1)} ${unit}`;

/** @param {Line} line */
function verdict({ figures, goals, note }) {
  const parts = goals.map((goal) => against(figures, goal));
  return [...parts, ...(note === undefined ? [] : [note])].filter((part) => part !== '').join('; ');
}

/** @param {Figures} figures @param {Goal} goal */
function against(figures, { against: name, atMost }) {
  const other = figures[name];
  if (other === undefined) return '';
  const ratio = figures.caisson / other;
  return `${ratio.toFixed(3)} x ${NAMES[name]} (goal <= ${atMost}, ${ratio <= atMost ? 'met' : 'missed'})`;
}
