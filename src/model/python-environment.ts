import { CaissonError } from '../core/errors.ts';
import { condaVersion, readCondaEnvironment, type CondaEnvironment } from './conda-environment.ts';
import { readPythonVersion } from './python-version.ts';
import { parseRequirements, type Requirement } from './requirement.ts';
import { asMapping, asText, parseYaml } from './yaml.ts';

/** What the model wants of Python, read from python_env.yaml, requirements.txt, constraints.txt or conda.yaml. */
export interface PythonEnvironment {
  /** Minor version, such as 3.11: what the base image is chosen by. */
  readonly pythonMinor: string;
  /** Such as 3.11.7; absent when the model does not say. */
  readonly pythonExact?: string;
  readonly requirements: readonly Requirement[];
  /** From constraints.txt; empty when the model has none. */
  readonly constraints: readonly Requirement[];
  /** The model's conda.yaml, which may ask for more than the requirements hold. */
  readonly conda?: CondaEnvironment;
}

/** One of the ways in which a model describes its environment. */
interface EnvironmentSource {
  readonly pythonVersion?: string | undefined;
  /** Lines in pip's format, which may refer to requirements.txt and constraints.txt. */
  readonly lines: readonly string[];
}

/** The model's own files that describe its environment; absent ones are undefined. */
export interface EnvironmentFiles {
  readonly pythonVersion?: string | undefined;
  readonly pythonEnvYaml?: string | undefined;
  readonly requirementsTxt?: string | undefined;
  readonly constraintsTxt?: string | undefined;
  readonly condaYaml?: string | undefined;
}

/**
 * python_env.yaml comes first, as in MLflow; models older than 1.26 have conda.yaml only.
 * Throws MODEL_BROKEN when no Python version or no requirements can be found, or a file is malformed.
 */
export function readPythonEnvironment(files: EnvironmentFiles): PythonEnvironment {
  const conda = files.condaYaml === undefined ? undefined : readCondaEnvironment(files.condaYaml);
  const source = chooseSource(files, conda);
  const said = [source.pythonVersion, files.pythonVersion].flatMap((text) => readPythonVersion(text) ?? []);
  const [python] = said;
  if (python === undefined) throw noPython(source.pythonVersion ?? files.pythonVersion);
  const exact = said.find((item) => item.minor === python.minor && item.exact !== undefined)?.exact;
  const constraintFiles = new Set<string>();
  const requirements = source.lines.flatMap((line) => expand(line, { files, constraintFiles, depth: 0 }));
  return {
    pythonMinor: python.minor,
    ...(exact === undefined ? {} : { pythonExact: exact }),
    requirements,
    constraints: constraintFiles.size === 0 ? [] : parseRequirements(files.constraintsTxt ?? ''),
    ...(conda === undefined ? {} : { conda }),
  };
}

function chooseSource(files: EnvironmentFiles, conda: CondaEnvironment | undefined): EnvironmentSource {
  const pythonVersion = conda === undefined ? undefined : condaVersion(conda, 'python');
  if (files.pythonEnvYaml !== undefined) {
    const source = readPythonEnvYaml(files.pythonEnvYaml);
    return { ...source, pythonVersion: source.pythonVersion ?? pythonVersion };
  }
  if (files.requirementsTxt !== undefined) return { pythonVersion, lines: ['-r requirements.txt'] };
  if (conda !== undefined) return { pythonVersion, lines: conda.pipLines };
  throw new CaissonError('MODEL_BROKEN', 'the model does not say what it requires', {
    hint: 'log the model again with MLflow, which writes python_env.yaml and requirements.txt, or add a requirements.txt',
  });
}

function readPythonEnvYaml(text: string): EnvironmentSource {
  const root = asMapping(parseYaml(text, 'python_env.yaml'));
  if (root === undefined) throw broken("'python_env.yaml' is not a mapping of keys to values");
  const build = listOfText(root['build_dependencies'], 'build_dependencies');
  const dependencies = listOfText(root['dependencies'], 'dependencies');
  return {
    pythonVersion: asText(root['python']),
    lines: [...build.filter(isInstalledSetuptools), ...dependencies],
  };
}

/**
 * MLflow lists pip, setuptools and wheel here, with a version exactly when they were installed beside the model. pip and wheel only
 * install; setuptools brings pkg_resources, which old packages import when they run.
 */
const isInstalledSetuptools = (line: string): boolean => /^setuptools\s*==/.test(line);

interface Expansion {
  readonly files: EnvironmentFiles;
  /** Collects which constraint files the requirements name. */
  readonly constraintFiles: Set<string>;
  readonly depth: number;
}

/** A line with `-r requirements.txt` replaced by that file, and `-c constraints.txt` taken out and remembered. */
function expand(line: string, expansion: Expansion): readonly Requirement[] {
  return parseRequirements(line).flatMap((requirement) => {
    if (requirement.kind !== 'option') return [requirement];
    const file = requirement.value.replace(/^\.\//, '');
    if (requirement.option === '--requirement') return expandFile(file, expansion);
    if (requirement.option !== '--constraint') return [requirement];
    if (file !== 'constraints.txt' || expansion.files.constraintsTxt === undefined) throw missingFile(file);
    expansion.constraintFiles.add(file);
    return [];
  });
}

function expandFile(file: string, expansion: Expansion): readonly Requirement[] {
  const text = expansion.files.requirementsTxt;
  if (file !== 'requirements.txt' || text === undefined) throw missingFile(file);
  if (expansion.depth > 0) throw broken("'requirements.txt' refers to itself");
  return expand(text, { ...expansion, depth: expansion.depth + 1 });
}

function listOfText(value: unknown, key: string): readonly string[] {
  if (asText(value) === undefined && !Array.isArray(value)) return [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw broken(`'${key}' in 'python_env.yaml' is not a list of texts`);
}

function noPython(written: string | undefined): CaissonError {
  return broken(
    written === undefined
      ? 'the model does not say which Python it needs'
      : `the model's Python version '${written}' cannot be read`,
  );
}

function missingFile(file: string): CaissonError {
  return new CaissonError(
    'MODEL_BROKEN',
    `the requirements refer to '${file}', which the model does not hold`,
    {
      hint: 'put all requirements into requirements.txt and all constraints into constraints.txt beside MLmodel',
    },
  );
}

function broken(message: string): CaissonError {
  return new CaissonError('MODEL_BROKEN', message, {
    hint: "a model's python_env.yaml reads as mlflow writes it: python, build_dependencies, dependencies",
  });
}
