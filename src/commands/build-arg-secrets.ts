import { declaredBuildArgs } from '../plan/build-args.ts';
import { hasUserInfo } from '../plan/index-urls.ts';
import { usage } from './grammar/usage.ts';
import type { Services } from './services.ts';

/**
 * Hides the passwords in URLs of build arguments. Those of proxies stay out of the image by themselves; every other argument is written
 * into its history. Throws USAGE for such a one with a login.
 */
export function guardBuildArgs(
  values: Readonly<Record<string, string>>,
  { hide }: Pick<Services, 'hide'>,
): void {
  for (const value of Object.values(values)) if (URL.canParse(value)) hide(new URL(value).password);
  const name = declaredBuildArgs(Object.keys(values)).find((declared) => hasUserInfo(values[declared] ?? ''));
  if (name === undefined) return;
  throw usage(
    `the build argument '${name}' holds a login, which would stay in the history of the image`,
    'give it with --secret id=ID,env=NAME, and the login of a package index in --index-url',
  );
}
