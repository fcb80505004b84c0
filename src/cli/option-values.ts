import { CaissonError } from '../core/errors.ts';
import { variableName, type OptionReader, type OptionSpec } from '../commands/spec.ts';
import type { Environment } from './config/environment.ts';

/** What commander found on the command line, by option name: only what was typed. */
export type TypedOptions = Readonly<Record<string, string | true | readonly string[] | undefined>>;

/**
 * Command line, else CAISSON_<NAME>, else default; choices and required options are checked here, so that a value is treated alike wherever it
 * comes from. Throws USAGE.
 */
export function readOptions(
  specs: readonly OptionSpec[],
  typed: TypedOptions,
  environment: Environment,
): OptionReader {
  const values = new Map(
    specs.map((spec) => [spec.name, resolveOption(spec, typed[spec.name], environment)]),
  );
  const get = (name: string): OptionValue => {
    const value = values.get(name);
    if (value === undefined) throw new CaissonError('INTERNAL', `no option is named '${name}'`);
    return value;
  };
  const single = (name: string): string | undefined => {
    const { value } = get(name);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    flag: (name) => get(name).value === true,
    value: single,
    required: (name) => {
      const value = single(name);
      if (value === undefined)
        throw new CaissonError('INTERNAL', `option '${name}' has neither value nor default`);
      return value;
    },
    list: (name) => {
      const { value } = get(name);
      return typeof value === 'object' ? value : [];
    },
    isTyped: (name) => get(name).isTyped,
  };
}

interface OptionValue {
  readonly value: string | true | readonly string[] | undefined;
  readonly isTyped: boolean;
}

function resolveOption(spec: OptionSpec, typed: TypedOptions[string], environment: Environment): OptionValue {
  const name = variableName(spec);
  const fromEnvironment = name === undefined ? undefined : environment[name];
  // an empty variable is how people switch one off
  const inherited = fromEnvironment === '' ? undefined : fromEnvironment;
  const value = typed ?? inherited ?? spec.default;
  if (typeof value === 'string')
    checkChoice(spec, value, typed === undefined && inherited !== undefined ? name : undefined);
  if (value === undefined && spec.presence === 'required') throw missing(spec);
  return { value, isTyped: typed !== undefined };
}

function checkChoice(spec: OptionSpec, value: string, variable: string | undefined): void {
  if (spec.choices === undefined || spec.choices.includes(value)) return;
  const where = variable ?? `--${spec.name}`;
  throw new CaissonError('USAGE', `'${value}' for ${where} is not one of its values`, {
    hint: `it is ${spec.choices.join(', ')}`,
  });
}

function missing(spec: OptionSpec): CaissonError {
  const short = spec.short === undefined ? '' : `-${spec.short}, `;
  return new CaissonError('USAGE', `the option ${short}--${spec.name} is missing`, {
    hint: `add ${spec.short === undefined ? `--${spec.name}` : `-${spec.short}`} ${spec.placeholder ?? ''}`.trimEnd(),
  });
}
