import { COMMANDS } from '../commands/index.ts';
import { GLOBAL_OPTIONS } from '../commands/global-options.ts';
import {
  argumentShape,
  commandsOf,
  variableName,
  type NamedCommand,
  type OptionSpec,
} from '../commands/spec.ts';
import { ERROR_TABLE, type ErrorEntry } from '../core/error-table.ts';
import { EVENT_TABLE } from '../core/event-table.ts';
import { HOST_VARIABLES } from './config/variables.ts';
import { EVENT_VERSION } from './report/json-reporter.ts';

export interface ReferenceInput {
  /** Name and meaning of every variable that the server in the image reads: its own table (templates/runtime). */
  readonly serverVariables: readonly (readonly [name: string, meaning: string])[];
}

/** The pages of docs/reference, made from the tables that the programs themselves use; scripts/docs.mjs writes and compares them. */
export function referencePages({ serverVariables }: ReferenceInput): Readonly<Record<string, string>> {
  return {
    'commands.md': commandsPage(),
    'errors.md': errorsPage(),
    'events.md': eventsPage(),
    'environment.md': environmentPage(serverVariables),
  };
}

const MADE_BY = '<!-- written by npm run docs; change the source, not this page -->';

function commandsPage(): string {
  return page('Commands', [
    'Global options stand before or behind the command.',
    optionTable(GLOBAL_OPTIONS),
    ...commandsOf(COMMANDS).flatMap(commandSection),
  ]);
}

function commandSection({ words, spec }: NamedCommand): readonly string[] {
  const { argument, alias, examples } = spec;
  const shape = argumentShape(argument);
  return [
    `## caisson ${words}`,
    `    caisson ${words} [options] ${shape}`.trimEnd(),
    spec.description + (alias === undefined ? '' : ` Also as \`caisson ${alias}\`.`),
    ...(argument === undefined ? [] : [`\`${shape}\`: ${argument.summary}.`]),
    ...(spec.options.length === 0 ? [] : [optionTable(spec.options)]),
    'Examples:',
    examples.flatMap(({ title, command }) => [`    # ${title}`, `    ${command}`]).join('\n'),
  ];
}

function optionTable(options: readonly OptionSpec[]): string {
  const rows = options.map((spec) => [
    code(`${spec.short === undefined ? '' : `-${spec.short}, `}--${spec.name}${placeholderOf(spec)}`),
    spec.summary,
    factsOf(spec).join(', '),
    code(variableName(spec) ?? ''),
  ]);
  return table(['option', 'meaning', '', 'variable'], rows);
}

function placeholderOf({ placeholder }: OptionSpec): string {
  return placeholder === undefined ? '' : ` ${placeholder}`;
}

function factsOf(spec: OptionSpec): readonly string[] {
  return [
    ...(spec.presence === 'required' ? ['required'] : []),
    ...(spec.kind === 'list' ? ['repeatable'] : []),
    ...(spec.choices === undefined ? [] : [spec.choices.map(code).join(' ')]),
    ...(spec.default === undefined ? [] : [`default ${code(spec.default)}`]),
  ];
}

function errorsPage(): string {
  const rows = Object.entries<ErrorEntry>(ERROR_TABLE).map(([name, entry]) => [
    code(name),
    String(entry.exitCode),
    entry.meaning,
    entry.hint ?? '',
  ]);
  return page('Errors', [
    'The exit code is what scripts may rely on; the code is in the JSON form of an error. The hint is the usual one: an error may have a better.',
    table(['code', 'exit code', 'meaning', 'hint'], rows),
  ]);
}

function eventsPage(): string {
  const sections = Object.entries(EVENT_TABLE).flatMap(([type, { meaning, fields }]) => [
    `## ${type}`,
    `${capitalised(meaning)}.`,
    table(
      ['field', 'meaning'],
      Object.entries(fields).map(([name, text]) => [code(name), text]),
    ),
  ]);
  return page('Events', [
    `What \`--progress json\` writes to stderr: one JSON object a line, each with \`v\` (now ${EVENT_VERSION}; raised when a field changes its ` +
      'meaning or goes, not for new ones), `time` (ISO 8601, UTC) and `type`. A failed command ends with a line of type `error` with `code`, ' +
      '`exitCode`, `message` and, where there are any, `hint`, `detail` and (with `--verbose`) `trace`.',
    ...sections,
  ]);
}

function environmentPage(serverVariables: ReferenceInput['serverVariables']): string {
  const known = Object.entries(HOST_VARIABLES).map(([name, meaning]) => [code(name), meaning]);
  const own = new Map(
    [...GLOBAL_OPTIONS, ...commandsOf(COMMANDS).flatMap(({ spec }) => spec.options)].flatMap((spec) => {
      const name = variableName(spec);
      return name === undefined ? [] : [[code(name), code(`--${spec.name}`)] as const];
    }),
  );
  return page('Environment', [
    'What caisson reads on the host, and what the server reads [in the image](#in-the-image). An empty variable counts as absent.',
    '## On the host',
    'Flags win over variables.',
    table(['variable', 'meaning'], known),
    '## Options by variable',
    'Every option with a single value has one. Flags without a value and repeatable options have none.',
    table(
      ['variable', 'option'],
      [...own].sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    '## In the image',
    'What the server reads when the container starts: `caisson run -e NAME=VALUE`, `docker run -e NAME=VALUE`, or `--env NAME=VALUE` of ' +
      '`build-image` to set it for good. A value that makes no sense ends the container with an error that quotes it. MLflow’s client, which ' +
      'fetches models and loads those without a quicker way, reads MLflow’s own variables besides, such as those for credentials.',
    table(
      ['variable', 'meaning'],
      serverVariables.map(([name, meaning]) => [code(name), meaning]),
    ),
  ]);
}

function page(title: string, blocks: readonly string[]): string {
  return `${[`# ${title}`, MADE_BY, ...blocks].join('\n\n')}\n`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => withoutTags(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** `<name>` outside of code would be taken for HTML, and not be seen. */
function withoutTags(cell: string): string {
  return cell.replace(/`[^`]*`|</g, (found) => (found === '<' ? '\\<' : found));
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
