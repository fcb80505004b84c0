import { confusedJson } from './confused.mjs';
import { hostileChunks } from './chunks.mjs';
import { hostileHeaders } from './headers.mjs';
import { hostileLengths } from './lengths.mjs';
import { hostilePipelines } from './pipelines.mjs';
import { hostileRequestLines } from './request-lines.mjs';
import { otherProtocols } from './strangers.mjs';
import { hostileJson } from './json.mjs';
import { mutated } from './mutated.mjs';
import { slowSenders } from './slow.mjs';
import { hostileTables } from './tables.mjs';
import { hostileText } from './text.mjs';
import { truncatedBodies } from './truncated.mjs';

/** @typedef {import('../attack.mjs').Attack} Attack */

/**
 * So many attacks in an order that chance makes (the slow ones first, since they take longest): all those that are written down, and
 * generated ones besides; of fewer than are written down, as many as fit.
 * @param {import('../questions.mjs').Answers} answers @param {import('../random.mjs').Random} random @param {number} count
 * @returns {Attack[]}
 */
export function attacks(answers, random, count) {
  const { columns, rows } = answers;
  const good = JSON.stringify({ dataframe_split: { columns, data: rows.slice(0, 1) } });
  const written = [
    ...truncatedBodies(answers),
    ...hostileJson(columns),
    ...hostileText(columns),
    ...hostileTables(answers),
    ...hostileRequestLines(),
    ...hostileHeaders(),
    ...otherProtocols(),
    ...hostileLengths(good),
    ...hostileChunks(good),
    ...hostilePipelines(good),
  ];
  const slow = slowSenders(good).slice(0, count);
  const confused = confusedJson(answers, random);
  const changed = mutated(answers, random);
  const rest = random.shuffled(written).slice(0, count - slow.length);
  while (slow.length + rest.length < count) rest.push(random.below(2) === 0 ? confused() : changed());
  return [...slow, ...random.shuffled(rest)];
}
