import { posix } from 'node:path';
import { CaissonError } from '../core/errors.ts';
import type { Requirement } from '../model/requirement.ts';
import type { ModelFile } from '../model/resolved-model.ts';

/** What can stand in a mount option and a COPY line without quoting; wheels and packages have such names. */
const PLAIN_PATH = /^[A-Za-z0-9_][A-Za-z0-9._+@/-]*$/;

/**
 * The files and folders of the model that requirements name, relative to it, sorted. Throws MODEL_BROKEN for a path outside of the model:
 * on the machine that logged the model it existed, in a build it does not.
 */
export function modelPathsOf(
  requirements: readonly Requirement[],
  files: readonly ModelFile[],
): readonly string[] {
  const paths = requirements.flatMap((requirement) => {
    if (requirement.kind !== 'direct' || requirement.location.kind !== 'path') return [];
    const { path } = requirement.location;
    if (isHeldPath(path, files)) return [plainPath(path)];
    throw new CaissonError(
      'MODEL_BROKEN',
      `the requirement '${requirement.text}' names a file that the model does not hold`,
      { hint: 'replace it by a version, such as name==1.2.3, in the requirements.txt of the model' },
    );
  });
  return [...new Set(paths)].sort();
}

/** Whether a path of a requirement, extras and all, is a file or folder of the model. */
export function isHeldPath(written: string, files: readonly ModelFile[]): boolean {
  const path = plainPath(written);
  const isHeld = files.some((file) => file.path === path || file.path.startsWith(`${path}/`));
  return isHeld && PLAIN_PATH.test(path);
}

const plainPath = (written: string): string =>
  posix.normalize(written.replace(/\[[^\]]*\]$/, '')).replace(/\/$/, '');
