import type { Lookup } from '../services.ts';
import { parseAssignment, requireVariableName, resolveAssignments } from './assignment.ts';

/** `--env` of an image: the names must fit into a Dockerfile. Throws USAGE. */
export function parseImageEnv(texts: readonly string[], lookup: Lookup): Readonly<Record<string, string>> {
  const given = texts.map((text) => parseAssignment(text, 'env'));
  for (const assignment of given) requireVariableName(assignment, 'env');
  return resolveAssignments(given, lookup);
}
