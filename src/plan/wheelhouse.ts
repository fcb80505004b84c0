import { CaissonError } from '../core/errors.ts';

/** Files of the folders that --find-links names: wheels and source archives. */
export interface Wheelhouse {
  /** Names, sorted; the context has them below wheels/. */
  readonly files: readonly string[];
  /** `only`: the build asks no index and nobody else (--offline). */
  readonly use: 'also' | 'only';
}

/** What pip takes from a folder. */
export const isDistributionFile = (name: string): boolean => /\.(?:whl|tar\.gz|zip)$/.test(name);

/** The characters of names, versions and tags (PEP 440, 491, 625). */
const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+!-]*$/;

/** Checked where the names enter the image's files. Throws USAGE. */
export function checkWheelhouse(wheelhouse: Wheelhouse): Wheelhouse {
  const wrong = wheelhouse.files.find((name) => !isDistributionFile(name) || !PLAIN_NAME.test(name));
  if (wrong === undefined) return wheelhouse;
  throw new CaissonError('USAGE', `${JSON.stringify(wrong)} of --find-links is not the name of a wheel`, {
    hint: 'a wheel is named like numpy-2.1.0-cp311-cp311-manylinux_2_17_x86_64.whl; take other files out of the folder',
  });
}
