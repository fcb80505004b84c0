import { parseArgs } from 'node:util';

import { messageOf, SetUpError } from './terminal.mjs';

/**
 * Reads the command line of a script; `--help` prints its usage and ends.
 * @template {string} Name
 * @param {Record<Name, { type: 'string' | 'boolean' }>} options @param {string} usage
 * @returns {Partial<Record<Name, unknown>>}
 */
export function readOptions(options, usage) {
  try {
    const all = { ...options, help: { type: /** @type {const} */ ('boolean'), short: 'h' } };
    const values = /** @type {Record<string, unknown>} */ (parseArgs({ options: all, strict: true }).values);
    if (values['help'] === true) {
      process.stdout.write(`${usage}\n`);
      process.exit(0);
    }
    return /** @type {Partial<Record<Name, unknown>>} */ (values);
  } catch (error) {
    throw new SetUpError(messageOf(error), usage);
  }
}
