import { hasUserInfo } from '../../plan/index-urls.ts';
import { parseAssignment } from './assignment.ts';
import { usage } from './usage.ts';

/** `--label NAME=VALUE`; a bare NAME has the empty value, as for docker. Throws USAGE, for a login too. */
export function parseLabels(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const { name, value } = parseAssignment(text, 'label');
      if (hasUserInfo(value ?? ''))
        throw usage(
          `the label '${name}' holds a login, which everyone could read who has the image`,
          'leave the login out',
        );
      return [name, value ?? ''];
    }),
  );
}
