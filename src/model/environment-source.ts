/** One of the ways in which a model describes its environment. */
export interface EnvironmentSource {
  readonly pythonVersion?: string | undefined;
  /** Lines in pip's format, which may refer to requirements.txt and constraints.txt. */
  readonly lines: readonly string[];
  readonly ignoredCondaPackages: readonly string[];
}
