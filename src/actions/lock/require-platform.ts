import { CaissonError } from '../../core/errors.ts';
import type { Lock } from '../../model/lock.ts';
import { formatPlatform, isSameMachine, type Platform } from '../../model/platform.ts';

/** Other platforms have other wheels, and sometimes other packages. Throws LOCK_STALE. */
export function requirePlatform({ platforms }: Pick<Lock, 'platforms'>, platform: Platform): void {
  // a lock of an early version does not say
  if (platforms.length === 0 || platforms.some((each) => isSameMachine(each, platform))) return;
  throw new CaissonError(
    'LOCK_STALE',
    `the lock does not fit: it was made for ${platforms.map(formatPlatform).join(' and ')}, and the image is for ${formatPlatform(platform)}`,
    { hint: 'give each platform a file of its own with --lock, and it is written when it is not there' },
  );
}
