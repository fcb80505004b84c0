import { say } from '../../support/terminal.mjs';

/**
 * A figure of the report. `holds` is undefined for one that is only told; one without a name is an example of what went wrong.
 * @typedef {{ name: string, value: string, goal: string, holds: boolean | undefined }} Figure
 */

/** @param {string} name @param {string} value @param {string} goal @param {boolean} holds @returns {Figure} */
export const must = (name, value, goal, holds) => ({ name, value, goal, holds });

/** @param {string} name @param {string} value @returns {Figure} */
export const told = (name, value) => ({ name, value, goal: '', holds: undefined });

/** @param {string} text @returns {Figure} */
export const example = (text) => ({ name: '', value: text, goal: '', holds: undefined });

/** @param {string} name @param {number} found @returns {Figure} */
export const none = (name, found) => must(name, String(found), '0', found === 0);

/** Prints the table; returns how many figures do not hold. @param {readonly Figure[]} figures */
export function sayFigures(figures) {
  const named = figures.filter(({ name }) => name !== '');
  const width = Math.max(...named.map(({ name }) => name.length)) + 2;
  const values = Math.max(...named.map(({ value }) => value.length)) + 2;
  for (const { name, value, goal, holds } of figures) {
    const mark = holds === undefined ? '    ' : holds ? 'ok  ' : 'FAIL';
    if (name === '') say(`         ${value}`);
    else say(`  ${mark} ${name.padEnd(width)}${value.padEnd(values)}${goal && `must be ${goal}`}`.trimEnd());
  }
  return figures.filter(({ holds }) => holds === false).length;
}
