import type { Signing } from '../actions/sign.ts';
import { withoutUndefined } from '../core/objects.ts';
import { usage } from './grammar/usage.ts';
import type { OptionReader, OptionSpec } from './spec.ts';

export const SIGN: OptionSpec = {
  name: 'sign',
  kind: 'flag',
  summary: 'sign what is pushed with cosign, which must be installed',
};

export const SIGN_KEY: OptionSpec = {
  name: 'sign-key',
  kind: 'value',
  placeholder: 'KEY',
  summary: 'sign with this key, a file or URI as cosign takes it; keyless when not given',
};

/** Of a command that always pushes. */
export function readSigning(options: OptionReader): Signing | undefined {
  const key = options.value('sign-key');
  return options.flag('sign') || key !== undefined ? withoutUndefined({ key }) : undefined;
}

/** Of a command that pushes with --push: what stays here has no digest to sign. Throws USAGE. */
export function readSigningOfPush(options: OptionReader): Signing | undefined {
  if (options.flag('push')) return readSigning(options);
  if (!options.flag('sign') && !options.isTyped('sign-key')) return undefined;
  throw usage('only an image that is pushed can be signed', 'add --push');
}
