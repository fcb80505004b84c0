import { GLOBAL_OPTIONS } from '../commands/global-options.ts';
import { COMPLETION_WORD } from '../commands/completion/scripts.ts';
import type { CommandNode, CommandSpec, OptionSpec } from '../commands/spec.ts';

/** What may stand where the cursor is. */
export interface Completion {
  readonly words: readonly { readonly word: string; readonly summary: string }[];
  /** `files`: the shell's own completion of paths fits, too. */
  readonly rest: 'files' | 'done';
}

/** The words behind `caisson` up to the cursor; the last one is being typed, and may be empty. */
export function complete(typed: readonly string[], commands: readonly CommandNode[]): Completion {
  const words = withoutEquals(typed);
  const current = words.at(-1) ?? '';
  const { nodes, spec, awaiting } = follow(words.slice(0, -1), commands);
  const [, name, value] = /^(--[a-z-]+)=(.*)$/s.exec(current) ?? [];
  const options = [...(spec?.options ?? []), ...GLOBAL_OPTIONS];
  if (name !== undefined) {
    const option = options.find((each) => `--${each.name}` === name);
    return valuesOf(option, { typed: value ?? '', before: `${name}=` });
  }
  if (awaiting !== undefined) return valuesOf(awaiting, { typed: current, before: '' });
  if (current.startsWith('-')) return matching(optionWords(options), current, 'done');
  if (spec !== undefined) return { words: [], rest: spec.argument === undefined ? 'done' : 'files' };
  return matching(
    nodes.map((node) => ({ word: node.name, summary: node.summary })),
    current,
    'done',
  );
}

/** As the shell reads it back. */
export function formatCompletion({ words, rest }: Completion): string {
  return [...words.map(({ word, summary }) => `${word}\t${summary}`), `:${rest}`, ''].join('\n');
}

/** The words to complete, when a shell asks; else undefined. */
export function completionAsked(argv: readonly string[]): readonly string[] | undefined {
  const [first, second] = argv;
  if (first !== COMPLETION_WORD) return undefined;
  return argv.slice(second === '--' ? 2 : 1);
}

/** Where the words lead. */
interface Place {
  /** What may follow while no command is named. */
  readonly nodes: readonly CommandNode[];
  readonly spec?: CommandSpec;
  /** The option that the next word is the value of. */
  readonly awaiting?: OptionSpec;
}

function follow(words: readonly string[], commands: readonly CommandNode[]): Place {
  let place: Place = { nodes: commands };
  for (const word of words) place = step(place, word);
  return place;
}

function step({ nodes, spec, awaiting }: Place, word: string): Place {
  const here = { nodes, ...(spec === undefined ? {} : { spec }) };
  if (awaiting !== undefined) return here;
  if (word.startsWith('-')) {
    const option = optionOf(word, [...(spec?.options ?? []), ...GLOBAL_OPTIONS]);
    return option === undefined || option.kind === 'flag' ? here : { ...here, awaiting: option };
  }
  if (spec !== undefined) return here;
  const node = nodes.find((each) => each.name === word || ('alias' in each && each.alias === word));
  if (node === undefined) return here;
  return 'commands' in node ? { nodes: node.commands } : { nodes: [], spec: node };
}

const optionOf = (word: string, options: readonly OptionSpec[]): OptionSpec | undefined =>
  options.find(({ name, short }) => word === `--${name}` || (short !== undefined && word === `-${short}`));

function optionWords(options: readonly OptionSpec[]): Completion['words'] {
  const words = options.map(({ name, summary }) => ({ word: `--${name}`, summary }));
  return [...words, { word: '--help', summary: 'print this help' }];
}

function valuesOf(
  option: OptionSpec | undefined,
  { typed, before }: { readonly typed: string; readonly before: string },
): Completion {
  const words = (option?.choices ?? []).map((choice) => ({ word: `${before}${choice}`, summary: '' }));
  return matching(words, `${before}${typed}`, words.length === 0 ? 'files' : 'done');
}

const matching = (words: Completion['words'], start: string, rest: Completion['rest']): Completion => ({
  words: words.filter(({ word }) => word.startsWith(start)),
  rest,
});

/** bash takes `--progress=js` for three words, and completes the last of them alone. */
function withoutEquals(words: readonly string[]): readonly string[] {
  return words.filter(
    (word, index) => word !== '=' || index === 0 || words[index - 1]?.startsWith('--') !== true,
  );
}
