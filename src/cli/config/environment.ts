/** The variables that caisson was started with: the only place of src that looks at process.env. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A copy, so that nothing that happens later changes the configuration. */
export function readEnvironment(): Environment {
  return { ...process.env };
}
