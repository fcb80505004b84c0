import { parseLock, type Lock } from '../model/lock.ts';
import type { Services } from './services.ts';
import type { OptionReader } from './spec.ts';

/** The lock of --lock, when the file is there. Throws LOCK_BROKEN, FILE_NOT_READABLE. */
export async function readLockFile(
  options: OptionReader,
  { readFileIfThere }: Pick<Services, 'readFileIfThere'>,
): Promise<Lock | undefined> {
  const path = options.value('lock');
  if (path === undefined) return undefined;
  const text = await readFileIfThere(path);
  return text === undefined ? undefined : parseLock(text, `'${path}'`);
}

/** Writes the lock of a build to the file of --lock, unless it came from there. */
export function lockKeeper(
  options: OptionReader,
  given: Lock | undefined,
  { writeTextFile }: Pick<Services, 'writeTextFile'>,
): ((lock: Lock) => Promise<void>) | undefined {
  const path = options.value('lock');
  return path === undefined || given !== undefined ? undefined : ({ text }) => writeTextFile(path, text);
}
