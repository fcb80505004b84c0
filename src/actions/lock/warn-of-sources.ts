import { firstFew } from '../../core/first-few.ts';
import type { Lock } from '../../model/lock.ts';
import { formatPlatform, type Platform } from '../../model/platform.ts';
import type { Work } from '../ports.ts';

interface Locked {
  readonly lock: Pick<Lock, 'withoutWheel'>;
  readonly platform: Platform;
}

/** Before the image is built: names what the index had no wheel of, because a slim base has no compiler. */
export function warnOfSources(
  { lock: { withoutWheel }, platform }: Locked,
  { emit }: Pick<Work, 'emit'>,
): void {
  if (withoutWheel.length === 0) return;
  emit({
    type: 'warning',
    message: `no wheel for ${formatPlatform(platform)} of ${firstFew(withoutWheel)}: built from source`,
    hint: 'what is more than Python needs a compiler: --system-package gcc; or take a version that has a wheel: --constraint',
  });
}
