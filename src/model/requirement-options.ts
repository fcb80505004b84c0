import { unreadable } from './requirement-lines.ts';

export interface RequirementOption {
  /** In its long spelling. */
  readonly option: string;
  /** Empty for a flag. */
  readonly value: string;
}

const SHORT: Readonly<Record<string, string>> = {
  '-r': '--requirement',
  '-c': '--constraint',
  '-e': '--editable',
  '-i': '--index-url',
  '-f': '--find-links',
};

/** The options that pip reads in a requirements file (req_file.py, SUPPORTED_OPTIONS), and two that old files hold. */
const WITH_VALUE: ReadonlySet<string> = new Set([
  '--requirement',
  '--constraint',
  '--editable',
  '--index-url',
  '--extra-index-url',
  '--find-links',
  '--no-binary',
  '--only-binary',
  '--trusted-host',
  '--use-feature',
]);
const FLAGS: ReadonlySet<string> = new Set([
  '--no-index',
  '--pre',
  '--prefer-binary',
  '--require-hashes',
  '--use-pep517',
  '--no-use-pep517',
  '--process-dependency-links',
]);

/** Neither another option nor the beginning of a comment; and at the end of a line of its own it must not join that with the next one. */
const VALUE = /^(?!.*\\$)[^-#'"\s]/;

/** The options of one line that begins with a dash; there may be several. Throws MODEL_BROKEN for anything that pip would not take. */
export function optionsOfLine(line: string): readonly RequirementOption[] {
  const words = line.split(' ');
  const found: RequirementOption[] = [];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const { option, attached } = splitOption(word);
    if (FLAGS.has(option) && attached === undefined) {
      found.push({ option, value: '' });
      continue;
    }
    // an editable path may hold spaces in extras or a marker, so it takes the rest of the line
    const value = unquote(
      attached ?? (option === '--editable' ? words.splice(0).join(' ') : words.shift()) ?? '',
    );
    if (!WITH_VALUE.has(option) || !VALUE.test(value)) throw unreadable(line);
    found.push({ option, value });
  }
  return found;
}

/** `--option=value`, `-rvalue`, `-r=value` or the bare option. */
function splitOption(word: string): { readonly option: string; readonly attached?: string } {
  if (word.startsWith('--')) {
    const equals = word.indexOf('=');
    return equals < 0
      ? { option: word }
      : { option: word.slice(0, equals), attached: word.slice(equals + 1) };
  }
  const option = SHORT[word.slice(0, 2)] ?? word;
  const attached = word.slice(2).replace(/^=/, '');
  return attached === '' ? { option } : { option, attached };
}

const unquote = (value: string): string =>
  /^(?<quote>["'])(?<inner>.*)\k<quote>$/.exec(value)?.groups?.['inner'] ?? value;
