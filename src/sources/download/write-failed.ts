import { CaissonError, isCaissonError, messageOf } from '../../core/errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of this user is used up',
  EROFS: 'the disk is read-only',
  EACCES: 'permission denied',
};

/** What a failed write of a model's file is for the user. */
export function writeFailed(path: string, error: unknown): CaissonError {
  if (isCaissonError(error)) return error;
  const reason = REASONS[codeOf(error)] ?? messageOf(error);
  return new CaissonError('DOWNLOAD_FAILED', `'${path}' cannot be written: ${reason}`, {
    hint: 'caisson cache prune makes room; XDG_CACHE_HOME names another folder for the cache',
    cause: error,
  });
}

/** Of an error of node:fs. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';
