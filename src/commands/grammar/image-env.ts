import { hasUserInfo } from '../../plan/index-urls.ts';
import type { Lookup } from '../services.ts';
import { parseAssignment, requireVariableName, resolveAssignments } from './assignment.ts';
import { usage } from './usage.ts';

/** `--env` of an image: the names must fit into a Dockerfile, and a login must not. Throws USAGE. */
export function parseImageEnv(texts: readonly string[], lookup: Lookup): Readonly<Record<string, string>> {
  const given = texts.map((text) => parseAssignment(text, 'env'));
  for (const assignment of given) requireVariableName(assignment, 'env');
  const values = resolveAssignments(given, lookup);
  const name = Object.keys(values).find((each) => hasUserInfo(values[each] ?? ''));
  if (name === undefined) return values;
  throw usage(
    `the variable '${name}' holds a login, which everyone could read who has the image`,
    `give it to the container instead: caisson run IMAGE -e ${name}`,
  );
}

/** Whether a variable of this name mostly holds what nobody else may know. */
export const isSecretName = (name: string): boolean =>
  /(?:^|_)(?:SECRET|TOKEN|PASSWORD|PASSWD|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)(?:_|$)/i.test(name);
