import { CaissonError } from '../core/errors.ts';
import { formatPlatform, parsePlatform, type Platform } from './platform.ts';

/** The exact versions, with hashes, that requirements stand for: a requirements file that pip and uv install from. */
export interface Lock extends LockHead {
  /** The whole file, with its first line. */
  readonly text: string;
  /** `name==version` of every package that the index had no wheel of, for the platform that was resolved for: they are built from source. */
  readonly withoutWheel: readonly string[];
}

/** What the first line of a lock says. */
export interface LockHead {
  /** `sha256:<hex>`: what was resolved (plan/resolution.ts). */
  readonly resolves: string;
  /** Minor version of Python, such as 3.11. */
  readonly python: string;
  /** Those that it was resolved for, with the same result; none in locks of the first versions of caisson. */
  readonly platforms: readonly Platform[];
}

const FIRST_LINE =
  /^# Locked by caisson for Python (?<python>3\.\d+)(?: on (?<platforms>[a-z0-9_./, -]+))?: (?<resolves>sha256:[a-f0-9]{64})\n/;

const WITHOUT_WHEEL = /^# Without a wheel: (?<pinned>.+)$/m;

/** A lock of what the resolving stage wrote. */
export function makeLock(resolved: string, head: LockHead): Lock {
  const { python, platforms, resolves } = head;
  const where = platforms.length === 0 ? '' : ` on ${platforms.map(formatPlatform).join(', ')}`;
  return lockOf(`# Locked by caisson for Python ${python}${where}: ${resolves}\n${resolved}`, head);
}

/** `shown` names it in errors. Throws LOCK_BROKEN for a text that caisson did not write. */
export function parseLock(written: string, shown: string): Lock {
  // as Git may check it out
  const text = written.replaceAll('\r\n', '\n');
  const { python, resolves, platforms = '' } = FIRST_LINE.exec(text)?.groups ?? {};
  const parsed = platformsOf(platforms);
  if (python !== undefined && resolves !== undefined && parsed !== undefined)
    return lockOf(text, { resolves, python, platforms: parsed });
  throw new CaissonError('LOCK_BROKEN', `${shown} is not a lock of caisson`, {
    hint: 'a lock begins with "# Locked by caisson for Python"; --lock names a file that caisson writes and reads',
  });
}

/** One lock of several that choose the same; undefined when they do not. */
export function mergeLocks(first: Lock, others: readonly Lock[]): Lock | undefined {
  const body = bodyOf(first);
  if (others.some((other) => bodyOf(other) !== body || other.resolves !== first.resolves)) return undefined;
  const platforms = [first, ...others].flatMap((lock) => lock.platforms);
  return makeLock(body, { ...first, platforms });
}

/**
 * As it stands in an image: without the platforms, which the image tells itself. A lock that is found to serve one more platform
 * then rebuilds nothing.
 */
export function lockOfImage(lock: Lock): string {
  return makeLock(bodyOf(lock), { ...lock, platforms: [] }).text;
}

const bodyOf = ({ text }: Lock): string => text.slice(text.indexOf('\n') + 1);

function platformsOf(text: string): readonly Platform[] | undefined {
  try {
    return text.split(', ').filter(Boolean).map(parsePlatform);
  } catch {
    return undefined;
  }
}

function lockOf(text: string, { resolves, python, platforms }: LockHead): Lock {
  const pinned = WITHOUT_WHEEL.exec(text)?.groups?.['pinned'] ?? '';
  return { text, resolves, python, platforms, withoutWheel: pinned.split(' ').filter(Boolean) };
}
