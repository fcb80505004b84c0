import { firstFew } from '../../core/first-few.ts';
import type { Lock } from '../../model/lock.ts';
import { formatPlatform, isSameMachine, type Platform } from '../../model/platform.ts';
import type { Work } from '../ports.ts';

interface Locked {
  readonly lock: Pick<Lock, 'withoutWheel' | 'platforms'>;
  readonly platform: Platform;
}

/**
 * Before the image is built: names what the index had no wheel of, because a slim base has no compiler, and what a lock that was made for
 * another platform cannot know.
 */
export function tellLimits(locked: Locked, { emit }: Pick<Work, 'emit'>): void {
  const { lock, platform } = locked;
  const { withoutWheel, platforms } = lock;
  const target = formatPlatform(platform);
  // a lock of an early version, or out of an image, does not say
  const isMadeForIt = platforms.length === 0 || platforms.some((each) => isSameMachine(each, platform));
  if (!isMadeForIt)
    emit({
      type: 'warning',
      message: `the lock was made for ${platforms.map(formatPlatform).join(' and ')}: packages that only ${target} needs are not in it, and nobody has asked whether there are wheels`,
      hint: 'give each platform a --lock file of its own, which is written when it is not there',
    });
  else if (withoutWheel.length > 0)
    emit({
      type: 'warning',
      message: `no wheel for ${target} of ${firstFew(withoutWheel)}: built from source`,
      hint: 'what is more than Python needs a compiler: --system-package gcc; or take a version that has a wheel: --constraint',
    });
}
