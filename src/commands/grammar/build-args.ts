import type { Lookup } from '../services.ts';
import { parseAssignment, requireVariableName, resolveAssignments } from './assignment.ts';

export interface BuildArgs {
  /** What goes to the engine. */
  readonly values: Readonly<Record<string, string>>;
  /** What the Dockerfile declares: every name that was given, also one without a value. */
  readonly declared: readonly string[];
}

/** Throws USAGE for a name that a Dockerfile cannot declare. */
export function parseBuildArgs(texts: readonly string[], lookup: Lookup): BuildArgs {
  const given = texts.map((text) => parseAssignment(text, 'build-arg'));
  for (const assignment of given) requireVariableName(assignment, 'build-arg');
  return {
    values: resolveAssignments(given, lookup),
    declared: [...new Set(given.map(({ name }) => name))],
  };
}
