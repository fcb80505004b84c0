import { DockerfileParser, type Instruction, type PropertyInstruction } from 'dockerfile-ast';
import { shellWords, type ShellWord } from './shell-words.ts';

/** An instruction as a builder reads it. */
export type ReadInstruction =
  | { readonly keyword: 'RUN'; readonly words: readonly ShellWord[] }
  | { readonly keyword: 'ENV' | 'LABEL'; readonly pairs: readonly (readonly [string, string])[] }
  | { readonly keyword: string; readonly text: string };

export interface ReadDockerfile {
  readonly directives: number;
  readonly instructions: readonly ReadInstruction[];
}

/** Reads a Dockerfile with dockerfile-ast, ENV and LABEL by moby's rules for words, and RUN by those of sh. */
export function readDockerfile(text: string): ReadDockerfile {
  const dockerfile = DockerfileParser.parse(text);
  return {
    directives: dockerfile.getDirectives().length,
    instructions: dockerfile.getInstructions().map(readInstruction),
  };
}

function readInstruction(instruction: Instruction): ReadInstruction {
  const keyword = instruction.getKeyword();
  if (keyword === 'ENV' || keyword === 'LABEL') {
    const properties =
      'getProperties' in instruction ? (instruction as PropertyInstruction).getProperties() : [];
    return {
      keyword,
      pairs: properties.map((item) => [item.getName(), unquote(item.getUnescapedValue() ?? '')] as const),
    };
  }
  const text = joinedLines(instruction.getRawArgumentsContent() ?? '');
  return keyword === 'RUN' ? { keyword, words: shellWords(text) } : { keyword, text };
}

/** Continuation lines, by the rules of moby's dockerfile/parser: comments between them go. */
function joinedLines(text: string): string {
  const lines = text.split('\n').filter((line, index) => index === 0 || !/^[ \t]*#/.test(line));
  return lines.map((line) => line.replace(/\\[ \t]*$/, '')).join('');
}

/** The one value of caisson's that is meant to be expanded. */
const OWN_PATH = '"/opt/venv/bin:$PATH"';

/** Undoes quoting by the rules of moby's word reader, written down again independently of the code under test. */
function unquote(raw: string): string {
  if (raw === OWN_PATH) return raw;
  if (!/^"(?:[^"\\$]|\\["\\$])*"$/u.test(raw)) throw new Error(`not one quoted word: ${raw}`);
  return raw.slice(1, -1).replace(/\\([\\"$])/g, '$1');
}
