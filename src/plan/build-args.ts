import { CaissonError } from '../core/errors.ts';

/** Known to every builder without a declaration; declaring them would write their values into the image's history. */
const PREDEFINED: ReadonlySet<string> = new Set([
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'FTP_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'BUILDKIT_INLINE_CACHE',
]);

/** The arguments that the Dockerfile declares: once each, sorted. Throws USAGE for a name that is no variable's name. */
export function declaredBuildArgs(names: readonly string[]): readonly string[] {
  for (const name of names) {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) continue;
    throw new CaissonError('USAGE', `the build argument ${JSON.stringify(name)} is not a variable name`, {
      hint: 'a name holds letters, digits and _, and does not begin with a digit',
    });
  }
  return [...new Set(names)].filter((name) => !PREDEFINED.has(name.toUpperCase())).sort();
}
