import { exits, leak } from './faults/deaths.mjs';
import { hang } from './faults/hang.mjs';
import { largeBody } from './faults/large-body.mjs';
import { fullQueue } from './faults/queue.mjs';
import { drain, termination } from './faults/termination.mjs';
import { workerDeath } from './faults/worker-death.mjs';
import { hostile } from './hostile.mjs';
import { mixedLoad } from './mixed.mjs';

/**
 * @typedef {{ requests: number, connections: number, hostile: number }} Sizes
 * @typedef {(field: import('./field.mjs').Field, sizes: Sizes) => Promise<import('./figures.mjs').Figure[]>} Part
 */

/** The parts of a soak test, in the order in which they run. @type {Readonly<Record<string, Part>>} */
export const PARTS = {
  mixed: mixedLoad,
  hostile: (field, sizes) => hostile(field, sizes.hostile),
  worker: workerDeath,
  sigterm: termination,
  drain,
  body: largeBody,
  hang,
  leak,
  exits,
  queue: fullQueue,
};

/** @type {readonly string[]} */
const FAULTS = Object.keys(PARTS).filter((name) => name !== 'mixed' && name !== 'hostile');

/** Names of parts, `faults` being all of them; undefined for a name that there is not. @param {string} list */
export function partsOf(list) {
  const names = list.split(',').flatMap((name) => (name === 'faults' ? FAULTS : [name]));
  return names.every((name) => Object.hasOwn(PARTS, name)) ? names : undefined;
}
