import { CaissonError } from '../core/errors.ts';

/** The exact versions, with hashes, that requirements stand for: a requirements file that pip and uv install from. */
export interface Lock {
  /** The whole file, with its first line. */
  readonly text: string;
  /** `sha256:<hex>`: what was resolved (plan/resolution.ts). */
  readonly resolves: string;
  /** Minor version of Python, such as 3.11. */
  readonly python: string;
  /** `name==version` of every package that the index had no wheel of, for the platform that was resolved for: they are built from source. */
  readonly withoutWheel: readonly string[];
}

const FIRST_LINE = /^# Locked by caisson for Python (?<python>3\.\d+): (?<resolves>sha256:[a-f0-9]{64})\n/;

const WITHOUT_WHEEL = /^# Without a wheel: (?<pinned>.+)$/m;

/** A lock of what the resolving stage wrote. */
export function makeLock(resolved: string, { resolves, python }: Pick<Lock, 'resolves' | 'python'>): Lock {
  return lockOf(`# Locked by caisson for Python ${python}: ${resolves}\n${resolved}`, { resolves, python });
}

/** `shown` names it in errors. Throws LOCK_BROKEN for a text that caisson did not write. */
export function parseLock(text: string, shown: string): Lock {
  const { python, resolves } = FIRST_LINE.exec(text)?.groups ?? {};
  if (python !== undefined && resolves !== undefined) return lockOf(text, { resolves, python });
  throw new CaissonError('LOCK_BROKEN', `${shown} is not a lock of caisson`, {
    hint: 'a lock begins with "# Locked by caisson for Python"; --lock names a file that caisson writes and reads',
  });
}

function lockOf(text: string, what: Pick<Lock, 'resolves' | 'python'>): Lock {
  const pinned = WITHOUT_WHEEL.exec(text)?.groups?.['pinned'] ?? '';
  return { text, ...what, withoutWheel: pinned.split(' ').filter(Boolean) };
}
