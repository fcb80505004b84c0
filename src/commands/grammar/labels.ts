import { parseAssignment } from './assignment.ts';

/** `--label NAME=VALUE`; a bare NAME has the empty value, as for docker. Throws USAGE. */
export function parseLabels(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const { name, value } = parseAssignment(text, 'label');
      return [name, value ?? ''];
    }),
  );
}
