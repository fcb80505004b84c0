import { CaissonError } from '../core/errors.ts';
import type { PythonEnvironment } from '../model/python-environment.ts';
import { readPythonVersion } from '../model/python-version.ts';
import type { EnvironmentRequest } from './environment-request.ts';

/** What a FROM line takes as one word: the characters of an image reference, and no flag. */
const REFERENCE = /^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/;
/** The oldest Python for which the server's own dependencies exist. */
const OLDEST_MINOR = 8;
/** Debian 12 with micromamba. By exact version: another one may resolve otherwise. */
const MICROMAMBA = 'mambaorg/micromamba:2.3.3';

export interface BaseImageChoice {
  readonly baseImage: string;
  /** Of Python, as far as it is known: a base of the user's has the one that the user wants. */
  readonly pythonMinor: string;
  readonly warnings: readonly string[];
}

interface BaseImageRequest {
  readonly baseImage?: string | undefined;
  readonly environment: Pick<EnvironmentRequest, 'python' | 'manager'>;
}

/**
 * The official slim image of the model's minor version, or of the version that was asked for; or the given image, whose Python is then
 * the user's choice. Throws MODEL_BROKEN for a Python without a server, USAGE for a reference or version that is none.
 */
export function chooseBaseImage(
  model: Pick<PythonEnvironment, 'pythonMinor' | 'pythonExact'>,
  { baseImage: given, environment: { python, manager } }: BaseImageRequest,
): BaseImageChoice {
  if (python !== undefined) return askedPython(model, { python, manager, given });
  checkSupported(model.pythonMinor);
  if (given === undefined) {
    const baseImage = manager === 'conda' ? MICROMAMBA : officialImage(model.pythonMinor);
    return { baseImage, pythonMinor: model.pythonMinor, warnings: [] };
  }
  if (REFERENCE.test(given)) return { baseImage: given, pythonMinor: model.pythonMinor, warnings: [] };
  throw new CaissonError('USAGE', `the base image ${JSON.stringify(given)} is not an image reference`, {
    hint: 'a reference reads [registry/]name[:tag]',
  });
}

/** The same base, held to a digest of its registry. */
export function pinBase(baseImage: string, digest: string | undefined): string {
  return digest === undefined || baseImage.includes('@') ? baseImage : `${baseImage}@${digest}`;
}

const officialImage = (version: string): string => `python:${version}-slim`;

interface AskedPython extends Pick<EnvironmentRequest, 'manager'> {
  readonly python: string;
  readonly given: string | undefined;
}

function askedPython(
  model: Pick<PythonEnvironment, 'pythonMinor' | 'pythonExact'>,
  { python, manager, given }: AskedPython,
): BaseImageChoice {
  if (given !== undefined) throw conflict('--base-image, which brings a Python of its own');
  if (manager === 'conda') throw conflict('--env-manager conda, which takes the Python of conda.yaml');
  if (python === 'model') {
    checkSupported(model.pythonMinor);
    return { baseImage: officialImage(exactOf(model)), pythonMinor: model.pythonMinor, warnings: [] };
  }
  const version = /^3\.\d+(?:\.\d+)?$/.test(python) ? readPythonVersion(python) : undefined;
  if (version === undefined) {
    throw new CaissonError('USAGE', `'${python}' for --python is not a version of Python 3`, {
      hint: 'write --python 3.11, --python 3.11.7 or --python model',
    });
  }
  checkAsked(version.minor);
  return {
    baseImage: officialImage(python),
    pythonMinor: version.minor,
    warnings:
      version.minor === model.pythonMinor
        ? []
        : [`the model was made with Python ${model.pythonMinor}, and the image gets ${python}`],
  };
}

function exactOf({
  pythonMinor,
  pythonExact,
}: Pick<PythonEnvironment, 'pythonMinor' | 'pythonExact'>): string {
  if (pythonExact !== undefined) return pythonExact;
  throw new CaissonError('USAGE', `the model says Python ${pythonMinor} and no exact version`, {
    hint: `write the version that it was made with, such as --python ${pythonMinor}.1, or leave --python out`,
  });
}

const conflict = (other: string): CaissonError =>
  new CaissonError('USAGE', `--python excludes ${other}`, { hint: 'leave one of them out' });

const isSupported = (pythonMinor: string): boolean => {
  const [major, minor] = pythonMinor.split('.').map(Number);
  return major === 3 && minor !== undefined && minor >= OLDEST_MINOR;
};

function checkAsked(pythonMinor: string): void {
  if (isSupported(pythonMinor)) return;
  throw new CaissonError('USAGE', `the server needs Python 3.${OLDEST_MINOR} or later, not ${pythonMinor}`, {
    hint: 'ask for a newer --python',
  });
}

function checkSupported(pythonMinor: string): void {
  if (isSupported(pythonMinor)) return;
  throw new CaissonError(
    'MODEL_BROKEN',
    `the model needs Python ${pythonMinor}, and the server needs 3.${OLDEST_MINOR} or later`,
    { hint: 'log the model again with a newer Python, or try it on one with --python' },
  );
}
