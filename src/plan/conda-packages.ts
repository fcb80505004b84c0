import { CaissonError } from '../core/errors.ts';
import { stripUserInfo } from '../core/redaction.ts';
import type { CondaEnvironment, CondaPackage } from '../model/conda-environment.ts';
import { condaVersion } from '../model/conda-environment.ts';
import type { PythonEnvironment } from '../model/python-environment.ts';
import { normalizeProjectName, parseRequirements, type Requirement } from '../model/requirement.ts';
import { isInEveryBase, pipNameOf } from './conda-names.ts';
import type { EnvironmentRequest } from './environment-request.ts';
import { hasUserInfo } from './index-urls.ts';

/** What conda itself installs. */
export interface CondaPlan {
  readonly channels: readonly string[];
  /** As conda.yaml has them, python always among them. */
  readonly packages: readonly string[];
}

export interface CondaConversion {
  readonly requirements: readonly Requirement[];
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Without conda: its packages as requirements of pip, when the model's requirements do not have them anyway.
 * Throws CONDA_PACKAGES for those that pip cannot give, unless they are to be ignored.
 */
export function convertCondaPackages(
  { conda, requirements }: PythonEnvironment,
  condaOnly: EnvironmentRequest['condaOnly'],
): CondaConversion {
  const given = new Set(requirements.flatMap((item) => (item.kind === 'option' ? [] : (item.name ?? []))));
  const isGiven = ({ name }: CondaPackage): boolean =>
    given.has(normalizeProjectName(pipNameOf(name) ?? name));
  const wanted = (conda?.packages ?? []).filter((item) => !isInEveryBase(item.name) && !isGiven(item));
  const converted = wanted.map((item) => ({ item, line: pipLine(item) }));
  const lines = converted.flatMap(({ line }) => line ?? []);
  const missing = converted.filter(({ line }) => line === undefined).map(({ item }) => item.text);
  if (missing.length > 0 && condaOnly === 'refuse') throw condaPackages(missing);
  return {
    requirements: lines.flatMap(parseRequirements),
    notes:
      lines.length === 0 ? [] : [`packages of conda.yaml come from the Python index: ${lines.join(', ')}`],
    warnings:
      missing.length === 0 ? [] : [`packages that only conda has are left out: ${missing.join(', ')}`],
  };
}

/** With conda: all of its packages. Throws USAGE for a model without conda.yaml, MODEL_BROKEN for a channel with a login. */
export function planConda({ conda, pythonMinor }: PythonEnvironment): CondaPlan {
  if (conda === undefined) {
    throw new CaissonError('USAGE', 'the model has no conda.yaml, which --env-manager conda needs', {
      hint: 'leave --env-manager out',
    });
  }
  conda.channels.forEach(refuseLogin);
  conda.packages.forEach(({ text }) => {
    refuseLogin(text);
  });
  return {
    channels: conda.channels.length === 0 ? ['conda-forge'] : conda.channels,
    packages: [...pythonOf(conda, pythonMinor), ...conda.packages.map(({ text }) => text)],
  };
}

const pythonOf = (conda: CondaEnvironment, pythonMinor: string): readonly string[] =>
  condaVersion(conda, 'python') === undefined ? [`python=${pythonMinor}`] : [];

/** conda's words for a version in pip's; undefined for what pip cannot say or does not have. */
function pipLine({ name, version }: CondaPackage): string | undefined {
  const pipName = pipNameOf(name);
  const clauses = pipClauses(version);
  return pipName === undefined || clauses === undefined ? undefined : `${pipName}${clauses}`;
}

const VERSION = String.raw`\d[A-Za-z0-9.+!]*`;
/** `1.26`, `=1.26`, `==1.26.4`, `=1.26.4=py311h1_0`, `1.26.4 py311h1_0`, each perhaps ending in `.*` */
const SINGLE = new RegExp(
  String.raw`^(?<equals>={0,2})\s*(?<number>${VERSION}?)(?<any>\.?\*)?(?<build>(?:\s*=\s*|\s+)[\w.*]+)?$`,
);
const CLAUSE = String.raw`(?:[<>]=?|[!=~]=)\s*${VERSION}(?:\.\*)?`;
const SEVERAL = new RegExp(String.raw`^${CLAUSE}(?:\s*,\s*${CLAUSE})*$`);

function pipClauses(version: string): string | undefined {
  if (version === '' || version === '*') return '';
  const { equals, number, any, build } = SINGLE.exec(version)?.groups ?? {};
  if (number !== undefined && number !== '') {
    // conda's `=1.26` takes 1.26.4 too; a build belongs to one version alone
    const isExact = any === undefined && (equals === '==' || build !== undefined);
    return isExact || !/^[\d.]+$/.test(number) ? `==${number}` : `==${number}.*`;
  }
  return SEVERAL.test(version) ? version.replace(/\s+/g, '') : undefined;
}

function condaPackages(missing: readonly string[]): CaissonError {
  return new CaissonError(
    'CONDA_PACKAGES',
    `the model needs packages that only conda has: ${missing.join(', ')}`,
    {
      hint: 'build with --env-manager conda; or give what stands in for them (--requirement, --system-package) and go on with --conda-packages ignore',
    },
  );
}

/** anaconda.org takes a token as a part of the path: /t/<token>/ */
function refuseLogin(text: string): void {
  const shown = stripUserInfo(text).replace(/\/t\/[^/]+/g, '/t/***');
  if (!hasUserInfo(text) && shown === stripUserInfo(text)) return;
  throw new CaissonError('MODEL_BROKEN', `the channel in '${shown}' of conda.yaml holds a login`, {
    hint: 'it would stay in the image: remove it from the conda.yaml of the model',
  });
}
