import { CaissonError } from '../core/errors.ts';
import { deceptiveCharacter } from './one-line-text.ts';
import { asMapping, parseYaml } from './yaml.ts';

/** A conda.yaml: what conda would install, and the lines of its pip part. */
export interface CondaEnvironment {
  /** Names and URLs, in the order of their precedence. */
  readonly channels: readonly string[];
  /** python and pip included. */
  readonly packages: readonly CondaPackage[];
  /** Lines in pip's format, which may refer to requirements.txt and constraints.txt. */
  readonly pipLines: readonly string[];
}

export interface CondaPackage {
  /** Lower case, without the channel. */
  readonly name: string;
  /** What follows the name, in conda's words: `=1.26.4`, `>=1.2,<2`, `=1.0=py39_0`; may be empty. */
  readonly version: string;
  /** The whole of it as it is written, channel included. */
  readonly text: string;
}

/** Throws MODEL_BROKEN for YAML that is none and for texts that one line cannot carry. */
export function readCondaEnvironment(text: string): CondaEnvironment {
  const root = asMapping(parseYaml(text, 'conda.yaml'));
  const dependencies = root?.['dependencies'] ?? [];
  if (!Array.isArray(dependencies)) throw broken("'dependencies' in 'conda.yaml' is not a list");
  const channels = root?.['channels'] ?? [];
  if (!isTextList(channels)) throw broken("'channels' in 'conda.yaml' is not a list of texts");
  channels.forEach(refuseDeception);
  return {
    channels,
    packages: dependencies.filter((item) => typeof item === 'string').map(readPackage),
    pipLines: dependencies.flatMap(pipLines),
  };
}

/** The version of a package that conda would install; undefined when the environment does not hold it. */
export function condaVersion({ packages }: CondaEnvironment, name: string): string | undefined {
  return packages.find((item) => item.name === name)?.version;
}

function readPackage(written: string): CondaPackage {
  const text = written.trim();
  refuseDeception(text);
  const channelEnd = text.lastIndexOf('::');
  const bare = text.slice(channelEnd < 0 ? 0 : channelEnd + 2).trim();
  const name = /^[\w.-]*/.exec(bare)?.[0] ?? '';
  if (name === '') throw broken(`the package '${text}' in 'conda.yaml' has no name`);
  return { name: name.toLowerCase(), version: bare.slice(name.length).trim(), text };
}

function pipLines(item: unknown): readonly string[] {
  const lines = asMapping(item)?.['pip'];
  if (lines === undefined) return [];
  if (isTextList(lines)) return lines;
  throw broken("'pip' in 'conda.yaml' is not a list of texts");
}

const isTextList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

function refuseDeception(text: string): void {
  const character = deceptiveCharacter(text);
  if (character === undefined) return;
  throw broken(`${JSON.stringify(text)} in 'conda.yaml' holds the character ${character}`);
}

function broken(message: string): CaissonError {
  return new CaissonError('MODEL_BROKEN', message, { hint: 'log the model again with MLflow' });
}
