import { CaissonError } from '../core/errors.ts';
import type { EnvironmentSource } from './environment-source.ts';
import { asMapping, parseYaml } from './yaml.ts';

/** Of a conda.yaml: its python, its pip list, and the packages that only conda could install. Throws MODEL_BROKEN. */
export function readCondaEnvironment(text: string): EnvironmentSource {
  const dependencies = asMapping(parseYaml(text, 'conda.yaml'))?.['dependencies'] ?? [];
  if (!Array.isArray(dependencies)) throw broken("'dependencies' in 'conda.yaml' is not a list");
  const packages = dependencies
    .filter((item): item is string => typeof item === 'string')
    .map(withoutChannel);
  return {
    pythonVersion: versionOf(packages, 'python'),
    lines: dependencies.flatMap(pipLines),
    ignoredCondaPackages: packages.filter((item) => !['python', 'pip'].includes(nameOf(item))),
  };
}

function pipLines(item: unknown): readonly string[] {
  const lines = asMapping(item)?.['pip'];
  if (lines === undefined) return [];
  if (Array.isArray(lines) && lines.every((line) => typeof line === 'string')) return lines;
  throw broken("'pip' in 'conda.yaml' is not a list of texts");
}

const withoutChannel = (item: string): string =>
  item.slice(item.lastIndexOf('::') < 0 ? 0 : item.lastIndexOf('::') + 2).trim();

const nameOf = (item: string): string => /^[\w.-]*/.exec(item)?.[0].toLowerCase() ?? '';

function versionOf(packages: readonly string[], name: string): string | undefined {
  return packages
    .find((item) => nameOf(item) === name)
    ?.slice(name.length)
    .trim();
}

function broken(message: string): CaissonError {
  return new CaissonError('MODEL_BROKEN', message, { hint: 'log the model again with MLflow' });
}
