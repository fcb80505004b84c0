import type { Services } from './services.ts';

/** The program tree as data: its help, its variables and its reference page are all made from this. */
export type CommandNode = CommandSpec | CommandGroup;

/** A word that commands stand behind: `templates` of `templates eject`. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly commands: readonly CommandNode[];
}

/** A command: what a user can run. */
export interface CommandSpec {
  readonly name: string;
  readonly alias?: string;
  readonly summary: string;
  readonly description: string;
  /** Absent: options alone. */
  readonly argument?: ArgumentSpec;
  readonly options: readonly OptionSpec[];
  readonly examples: readonly Example[];
  /** Maps the options to a request, runs the action, gives the answer. */
  readonly handle: CommandHandler;
}

/** A command with the words that call it, such as `templates eject`. */
export interface NamedCommand {
  readonly words: string;
  readonly spec: CommandSpec;
}

/** Every command of a tree, groups opened, in the order of the help. */
export function commandsOf(nodes: readonly CommandNode[]): readonly NamedCommand[] {
  return nodes.flatMap((node) =>
    'commands' in node
      ? commandsOf(node.commands).map(({ words, spec }) => ({ words: `${node.name} ${words}`, spec }))
      : [{ words: node.name, spec: node }],
  );
}

type CommandHandler = (input: CommandInput, services: Services) => Promise<void>;

interface ArgumentSpec {
  readonly name: string;
  readonly summary: string;
  readonly count: 'one' | 'one-or-more';
}

export interface OptionSpec {
  /** The long name without dashes, such as `base-image`. */
  readonly name: string;
  readonly short?: string;
  /** `flag`: no value; `value`: one value, also by CAISSON_<NAME>; `list`: repeatable. */
  readonly kind: 'flag' | 'value' | 'list';
  /** What the value is, such as `FILE`; absent for flags. */
  readonly placeholder?: string;
  readonly summary: string;
  readonly choices?: readonly string[];
  readonly default?: string;
  readonly presence?: 'required';
}

interface Example {
  readonly title: string;
  readonly command: string;
}

/** What the user typed, checked against the spec: unknown options and wrong choices do not come this far. */
export interface CommandInput {
  readonly arguments: readonly string[];
  readonly options: OptionReader;
}

/** Values by option name. Asking for an option that the spec does not have, or of another kind, is a bug and throws INTERNAL. */
export interface OptionReader {
  flag(name: string): boolean;
  /** Command line, else CAISSON_<NAME>, else the default. */
  value(name: string): string | undefined;
  /** A value that the spec requires or gives a default. */
  required(name: string): string;
  list(name: string): readonly string[];
  /** True when it stands on the command line itself. */
  isTyped(name: string): boolean;
}

/** `<name>` or `<name...>`; nothing when a command takes no argument. */
export const argumentShape = (argument: ArgumentSpec | undefined): string =>
  argument === undefined ? '' : `<${argument.name}${argument.count === 'one' ? '' : '...'}>`;

/** CAISSON_BASE_IMAGE for `base-image`; undefined for flags and lists, which have none. */
export function variableName(option: OptionSpec): string | undefined {
  return option.kind === 'value' ? `CAISSON_${option.name.replaceAll('-', '_').toUpperCase()}` : undefined;
}
