/**
 * Characters that end or hide a line for some reader of a line-based file (Dockerfile, requirements.txt): controls but tab, the
 * Unicode line ends, and halves of surrogate pairs, which UTF-8 cannot carry.
 */
const LINE_BREAKERS = /[\p{Cs}\u2028\u2029]|(?!\t)\p{Cc}/u;

/** Marks that make text look different from what it is (Unicode's bidirectional controls), and the byte order mark. */
const DECEIVERS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/u;

/** The first character that one line of a text file cannot carry, as `U+000A`; undefined when there is none. */
export function lineBreaker(text: string): string | undefined {
  return codePointName(LINE_BREAKERS.exec(text)?.[0]);
}

/** As lineBreaker, and also finds characters that reorder or hide what a reader sees. */
export function deceptiveCharacter(text: string): string | undefined {
  return lineBreaker(text) ?? codePointName(DECEIVERS.exec(text)?.[0]);
}

function codePointName(character: string | undefined): string | undefined {
  const code = character?.codePointAt(0);
  return code === undefined ? undefined : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
