import { CaissonError } from '../core/errors.ts';

/** What a FROM line takes as one word: the characters of an image reference, and no flag. */
const REFERENCE = /^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/;
/** The oldest Python for which the server's own dependencies exist. */
const OLDEST_MINOR = 8;

/**
 * The official slim image of the model's minor version, or the given one, whose Python is then the user's choice.
 * Throws MODEL_BROKEN for a Python without a server, USAGE for a reference that is none.
 */
export function chooseBaseImage(pythonMinor: string, given: string | undefined): string {
  const [major, minor] = pythonMinor.split('.').map(Number);
  if (major !== 3 || minor === undefined || minor < OLDEST_MINOR) {
    throw new CaissonError(
      'MODEL_BROKEN',
      `the model needs Python ${pythonMinor}, and the server needs 3.${OLDEST_MINOR} or later`,
      {
        hint: 'log the model again with a newer Python',
      },
    );
  }
  if (given === undefined) return `python:${pythonMinor}-slim`;
  if (REFERENCE.test(given)) return given;
  throw new CaissonError('USAGE', `the base image ${JSON.stringify(given)} is not an image reference`, {
    hint: 'a reference reads [registry/]name[:tag]',
  });
}

/** The same base, held to a digest of its registry. */
export function pinBase(baseImage: string, digest: string | undefined): string {
  return digest === undefined || baseImage.includes('@') ? baseImage : `${baseImage}@${digest}`;
}
