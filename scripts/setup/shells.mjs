import { which } from '../support/processes.mjs';
import { canInstallPackages, installPackages } from './apt.mjs';

/** The shells that completion is tested in, each a Debian package of its name. */
const SHELLS = ['bash', 'zsh', 'fish'];

export const missingShells = () =>
  canInstallPackages() ? SHELLS.filter((shell) => which(shell) === undefined) : [];

/** Elsewhere, the tests of a shell that is not there are skipped. @param {AbortSignal} signal */
export async function provideShells(signal) {
  const missing = missingShells();
  if (missing.length > 0) await installPackages(missing, signal);
}
