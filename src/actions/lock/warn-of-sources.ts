import type { Lock } from '../../model/lock.ts';
import { formatPlatform, type Platform } from '../../model/platform.ts';
import type { Work } from '../ports.ts';

/** More of them would hide the rest of the message. */
const SHOWN = 12;

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
  const more = withoutWheel.length > SHOWN ? ` and ${withoutWheel.length - SHOWN} more` : '';
  const names = withoutWheel.slice(0, SHOWN).join(', ');
  emit({
    type: 'warning',
    message: `no wheel for ${formatPlatform(platform)} of ${names}${more}: built from source`,
    hint: 'what is more than Python needs a compiler: --system-package gcc; or take a version that has a wheel: --constraint',
  });
}
