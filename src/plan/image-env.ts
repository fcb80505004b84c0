import { CaissonError } from '../core/errors.ts';
import { checkInstructionValue } from './instruction-value.ts';
import { sortedPairs, type Pair } from './sorted-pairs.ts';

/** HOME: the user has no entry in /etc/passwd, and /tmp is the one folder that anyone may write. */
const OWN: Readonly<Record<string, string>> = {
  HOME: '/tmp',
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONUNBUFFERED: '1',
};

/** ENV of the image but PATH, sorted by name; the user's values win. Throws USAGE. */
export function imageEnv(given: Readonly<Record<string, string>>): readonly Pair[] {
  for (const [name, value] of Object.entries(given)) {
    if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name)) {
      throw new CaissonError('USAGE', `the variable ${JSON.stringify(name)} cannot be set in an image`, {
        hint: 'a name holds letters, digits, and _ . -, and does not begin with a digit',
      });
    }
    checkInstructionValue(`the variable '${name}'`, value);
  }
  return sortedPairs({ ...OWN, ...given });
}
