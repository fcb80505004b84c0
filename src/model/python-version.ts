/** A Python version as far as somebody said it. */
export interface PythonVersion {
  /** `3.11` */
  readonly minor: string;
  /** `3.11.7`; absent when only the minor version is known. */
  readonly exact?: string;
}

/** `3.11.7`, `=3.11`, `==3.9.*` and conda's `=3.8.5=build` name a minor version at least; a range does not. */
export function readPythonVersion(text: string | undefined): PythonVersion | undefined {
  const match = /^={0,2}\s*(?<minor>\d+\.\d+)(?<patch>\.\d+)?(?![\dA-Za-z])/.exec(text?.trim() ?? '');
  const { minor, patch } = match?.groups ?? {};
  if (minor === undefined) return undefined;
  return patch === undefined ? { minor } : { minor, exact: `${minor}${patch}` };
}
