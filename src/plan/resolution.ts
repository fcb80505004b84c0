import { createHash } from 'node:crypto';
import { CaissonError } from '../core/errors.ts';
import { stripUserInfo } from '../core/redaction.ts';
import type { Lock } from '../model/lock.ts';
import { hasUserInfo } from './index-urls.ts';
import type { Installation } from './installation.ts';

/** What decides which versions are chosen, beside the index and the platform. */
export interface Resolution extends Installation {
  readonly asOf?: string;
  readonly torchBackend?: string;
}

/** `sha256:<hex>` of what is resolved: equal ones have equal locks on an index that does not change. */
export function resolutionDigest(resolution: Resolution): string {
  const { requirements, declared, constraints, prereleases, asOf = '', torchBackend = '' } = resolution;
  const facts = [requirements, declared, constraints, prereleases, asOf, torchBackend];
  return `sha256:${createHash('sha256').update(JSON.stringify(facts)).digest('hex')}`;
}

export interface LockUse {
  readonly resolution: Resolution;
  readonly pythonMinor: string;
  /** Why the resolution may have become another one, where that can be told. */
  readonly reason: () => string | undefined;
}

/** A lock that was made for other requirements would install something else than the model asks for. Throws LOCK_STALE, LOCK_BROKEN. */
export function checkLock(lock: Lock, { resolution, pythonMinor, reason }: LockUse): void {
  const withLogin = lock.text.split('\n').find(hasUserInfo);
  if (withLogin !== undefined)
    throw new CaissonError('LOCK_BROKEN', `the lock holds a login in '${stripUserInfo(withLogin)}'`, {
      hint: 'remove it: a lock becomes part of the image',
    });
  if (lock.python !== pythonMinor)
    throw stale(`it was made for Python ${lock.python}, and the image has ${pythonMinor}`);
  if (lock.resolves !== resolutionDigest(resolution))
    throw stale(reason() ?? "the model's requirements are not those that it was made for");
}

function stale(reason: string): CaissonError {
  return new CaissonError('LOCK_STALE', `the lock does not fit: ${reason}`, {
    hint: 'remove the file that --lock names, and it is written anew',
  });
}
