import { createInterface } from 'node:readline/promises';

/** @param {string} line */
export const say = (line) => void process.stdout.write(`${line}\n`);

/** @param {string} title */
export const heading = (title) => say(`\n== ${title}`);

/** What went wrong in the set-up, and what the reader can do about it. */
export class SetUpError extends Error {
  /** @param {string} message @param {string} [hint] */
  constructor(message, hint) {
    super(message);
    this.name = 'SetUpError';
    this.hint = hint;
  }
}

/** @param {unknown} error */
export function sayError(error) {
  if (error instanceof SetUpError) {
    process.stderr.write(
      `error: ${error.message}\n${error.hint === undefined ? '' : `  hint: ${error.hint}\n`}`,
    );
  } else {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
}

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/** @param {string} question @param {AbortSignal} signal */
export async function confirm(question, signal) {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(`${question} [Y/n] `, { signal });
    return /^(y|yes|)$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

/** @param {string} text @param {number} count */
export const lastLines = (text, count) => text.trimEnd().split('\n').slice(-count).join('\n');
