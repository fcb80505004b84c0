import { Command, Option, type CommanderError } from 'commander';
import { GLOBAL_OPTIONS } from '../commands/global-options.ts';
import {
  argumentShape,
  variableName,
  type CommandGroup,
  type CommandNode,
  type CommandSpec,
  type OptionSpec,
} from '../commands/spec.ts';
import type { TypedOptions } from './option-values.ts';
import { noCommand, usageError } from './usage-errors.ts';

/** A command line that names a command and fits its spec. */
export interface Invocation {
  readonly spec: CommandSpec;
  readonly arguments: readonly string[];
  readonly options: TypedOptions;
}

/** Of one command line: help was asked, a command was, or it is wrong. The global options are known in every case. */
export type ParsedLine = { readonly globals: TypedOptions } & (
  | { readonly kind: 'text'; readonly text: string; readonly exitCode: number }
  | { readonly kind: 'invocation'; readonly invocation: Invocation }
  | { readonly kind: 'error'; readonly error: unknown }
);

export interface ProgramInput {
  readonly commands: readonly CommandNode[];
  readonly version: string;
}

/** Parses a command line; prints nothing and ends nothing. */
export function parseLine(argv: readonly string[], input: ProgramInput): ParsedLine {
  const state: { text: string; invocation?: Invocation } = { text: '' };
  const program = createProgram(input, {
    write: (text) => (state.text += text),
    found: (invocation) => (state.invocation = invocation),
  });
  const outcome = tryParse(program, argv);
  const globals = typedOptions(program, GLOBAL_OPTIONS);
  if (outcome !== undefined) {
    if (isHelpOrVersion(outcome))
      return { kind: 'text', text: state.text, exitCode: outcome.exitCode, globals };
    return { kind: 'error', error: usageError(outcome), globals };
  }
  if (state.invocation === undefined) return { kind: 'text', text: state.text, exitCode: 0, globals };
  return { kind: 'invocation', invocation: state.invocation, globals };
}

interface ProgramListener {
  readonly write: (text: string) => void;
  readonly found: (invocation: Invocation) => void;
}

/** The commander tree of the specs. */
function createProgram({ commands, version }: ProgramInput, { write, found }: ProgramListener): Command {
  const program = new Command('caisson')
    .description('Turns a trained MLflow model into a container image that serves predictions.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showSuggestionAfterError()
    .configureOutput({ writeOut: write, writeErr: () => undefined })
    .configureHelp({ showGlobalOptions: true, helpWidth: 100 })
    .addHelpText('after', '\nExit codes and variables: docs/reference in the package.');
  program.exitOverride(exitOf(program));
  for (const option of GLOBAL_OPTIONS) program.addOption(createOption(option));
  for (const node of commands) program.addCommand(createNode(node, { write, found }, program));
  return program;
}

const createNode = (node: CommandNode, listener: ProgramListener, parent: Command): Command =>
  'commands' in node ? createGroup(node, listener, parent) : createCommand(node, listener, parent);

function createGroup(group: CommandGroup, listener: ProgramListener, parent: Command): Command {
  const command = new Command(group.name)
    .copyInheritedSettings(parent)
    .summary(group.summary)
    .description(group.description)
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command');
  command.exitOverride(exitOf(command));
  for (const node of group.commands) command.addCommand(createNode(node, listener, command));
  return command;
}

function createCommand(spec: CommandSpec, { found }: ProgramListener, parent: Command): Command {
  const { argument } = spec;
  const command = new Command(spec.name)
    .copyInheritedSettings(parent)
    .summary(spec.summary)
    .description(spec.description)
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', examplesText(spec));
  if (argument !== undefined) command.argument(argumentShape(argument), argument.summary);
  if (spec.alias !== undefined) command.alias(spec.alias);
  for (const option of spec.options) command.addOption(createOption(option));
  return command.action(() => {
    const words = command.args;
    found({ spec, arguments: words, options: typedOptions(command, spec.options) });
  });
}

/** Defaults, choices and variables are told in the help only: option-values.ts applies them, to the environment too. */
function createOption(spec: OptionSpec): Option {
  const short = spec.short === undefined ? '' : `-${spec.short}, `;
  const value = spec.kind === 'flag' ? '' : ` <${spec.placeholder ?? 'VALUE'}>`;
  const option = new Option(`${short}--${spec.name}${value}`, describe(spec));
  if (spec.kind === 'list') {
    option.argParser((text, previous: readonly string[] | undefined) => [...(previous ?? []), text]);
  }
  return option;
}

function describe(spec: OptionSpec): string {
  const variable = variableName(spec);
  const facts = [
    ...(spec.choices === undefined ? [] : [spec.choices.join('|')]),
    ...(spec.default === undefined ? [] : [`default ${spec.default}`]),
    ...(spec.presence === 'required' ? ['required'] : []),
    ...(spec.kind === 'list' ? ['repeatable'] : []),
    ...(variable === undefined ? [] : [variable]),
  ];
  const summary = spec.summary.replace(/; repeatable$/, '');
  return facts.length === 0 ? summary : `${summary} [${facts.join('; ')}]`;
}

function examplesText({ examples }: CommandSpec): string {
  const lines = examples.flatMap(({ title, command }) => [`  # ${title}`, `  ${command}`]);
  return ['', 'Examples:', ...lines].join('\n');
}

/** What was typed, by the names of the specs. */
function typedOptions(command: Command, specs: readonly OptionSpec[]): TypedOptions {
  return Object.fromEntries(
    specs.flatMap((spec) => {
      const option = command.options.find(({ long }) => long === `--${spec.name}`);
      const key = option?.attributeName() ?? spec.name;
      if (command.getOptionValueSource(key) !== 'cli') return [];
      const value = command.getOptionValue(key) as string | string[] | boolean;
      // --x FILE and --no-x share a value, false for the one: the later of them was meant
      if ((option?.negate ?? false) !== (value === false)) return [];
      return [[spec.name, typeof value === 'boolean' ? true : value]];
    }),
  );
}

function tryParse(program: Command, argv: readonly string[]): CommanderError | undefined {
  try {
    program.parse(argv, { from: 'user' });
    return undefined;
  } catch (error) {
    return error as CommanderError;
  }
}

const wordsOf = (command: Command): string =>
  command.parent === null ? command.name() : `${wordsOf(command.parent)} ${command.name()}`;

/** How commander leaves: `commander.help` is `caisson help` with 0, and a missing command with 1. */
function exitOf(command: Command): (error: CommanderError) => never {
  return (error) => {
    throw error.code === 'commander.help' && error.exitCode !== 0 ? noCommand(wordsOf(command)) : error;
  };
}

const isHelpOrVersion = ({ code }: CommanderError): boolean =>
  ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(code);
