import type { InstalledPackage } from '../../model/installed-package.ts';
import { isSameVersion, parseDistributionFile } from '../../model/distribution-file.ts';
import type { LockedPackage } from '../../model/lock-file.ts';

/** The packages that are installed, each as the lock has it where it has it: with the hash and the place that it came from. */
export function describedByLock(
  installed: readonly InstalledPackage[],
  locked: readonly LockedPackage[],
): readonly LockedPackage[] {
  return installed.map(({ name, version }): LockedPackage => {
    const known = locked.find((item) => fits(item, { name, version }));
    const pin = known?.pin.kind === 'url' ? known.pin : ({ kind: 'version', version } as const);
    return { name, pin, hashes: known?.hashes ?? [] };
  });
}

function fits({ name, pin }: LockedPackage, installed: InstalledPackage): boolean {
  if (pin.kind === 'path') {
    const file = parseDistributionFile(pin.path.split('/').at(-1) ?? '');
    return file?.name === installed.name && isSameVersion(file.version, installed.version);
  }
  if (name !== installed.name) return false;
  return pin.kind === 'url' || isSameVersion(pin.version, installed.version);
}
