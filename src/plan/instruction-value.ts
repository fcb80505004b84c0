import { CaissonError } from '../core/errors.ts';
import { lineBreaker } from '../model/one-line-text.ts';

/** Builders of 2020 and later read a Dockerfile by lines of at most 65,535 bytes; the rest is left for name and quoting. */
export const MAX_VALUE_BYTES = 60_000;

/** Throws USAGE for a value that no quoting brings through a Dockerfile. `subject` names it: `the label 'x'`. */
export function checkInstructionValue(subject: string, value: string): void {
  const character = lineBreaker(value);
  if (character !== undefined) {
    throw new CaissonError(
      'USAGE',
      `${subject} holds the character ${character}, which a Dockerfile cannot carry`,
      {
        hint: 'give a value of one line, or pass it to the container when it starts',
      },
    );
  }
  if (Buffer.byteLength(quotedAtWorst(value)) > MAX_VALUE_BYTES) {
    throw new CaissonError('USAGE', `${subject} is longer than ${MAX_VALUE_BYTES} bytes`, {
      hint: 'a line of a Dockerfile has a limit; pass long values to the container when it starts',
    });
  }
}

/** Quoting puts a backslash before these. */
export const quotedAtWorst = (value: string): string => value.replace(/[\\"$]/g, '\\$&');
