import { CaissonError } from '../../core/errors.ts';

/**
 * Imports an SDK when a URI first needs it. The SDKs are optional peer dependencies: most users need none of them, and all of them together
 * are ten times as large as caisson. Throws LIBRARY_MISSING, which says what to install.
 */
export async function loadLibrary<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error, name)) throw error;
    throw new CaissonError('LIBRARY_MISSING', `the library '${name}' is not installed`, {
      hint: `npm install ${name} (with --global where caisson was installed with it)`,
      cause: error,
    });
  }
}

const isMissing = (error: unknown, name: string): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'ERR_MODULE_NOT_FOUND' &&
  error.message.includes(`'${name}'`);
