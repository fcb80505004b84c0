export interface ShellWord {
  /** As it stands in the script. */
  readonly raw: string;
  /** What a shell makes of it; expansions that are not quoted stay as they are written. */
  readonly value: string;
}

/** Beside blanks these end a word; each is a word of its own here. */
const META = /[;&|<>()\n]/;

/**
 * Splits a line of a POSIX shell (XCU 2.3) into words, with their quotes removed (2.6.7), as far as a Dockerfile of caisson has them: no
 * here-documents, no comments, no command substitution. Throws when a quote does not end.
 */
export function shellWords(line: string): readonly ShellWord[] {
  const words: ShellWord[] = [];
  let at = 0;
  while (at < line.length) {
    const [first = ''] = line.slice(at, at + 1);
    if (/[ \t]/.test(first)) {
      at += 1;
    } else if (META.test(first)) {
      words.push({ raw: first, value: first });
      at += 1;
    } else {
      const word = readWord(line.slice(at));
      words.push(word);
      at += word.raw.length;
    }
  }
  return words;
}

function readWord(text: string): ShellWord {
  let value = '';
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const piece = /^'([^']*)'|^"((?:[^"\\]|\\[^])*)"|^\\([^])/.exec(rest);
    if (piece === null) {
      if (/^["'\\]/.test(rest)) throw new Error(`a quote does not end: ${text}`);
      if (/^[ \t\n;&|<>()]/.test(rest)) break;
      value += rest.charAt(0);
      at += 1;
      continue;
    }
    const [whole, single, double, escaped] = piece;
    value += single ?? escaped ?? double!.replace(/\\([$`"\\])/g, '$1');
    at += whole.length;
  }
  return { raw: text.slice(0, at), value };
}
