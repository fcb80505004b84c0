import { stripUserInfo } from '../core/redaction.ts';
import { withoutUndefined } from '../core/objects.ts';
import { parseDpkgStatus, parseOsRelease, type DebianPackage } from '../model/debian-packages.ts';
import { parseLockFile, type LockedPackage } from '../model/lock-file.ts';
import { markerHolds, type MarkerEnvironment } from '../model/marker.ts';
import type { ImageContents } from './facts.ts';

/** The files that tell what is in an image, with the most bytes that are read of each. */
export const TELLING_FILES = {
  record: { path: '/opt/caisson/image.json', maxBytes: 16_000_000 },
  lock: { path: '/opt/caisson/requirements.lock', maxBytes: 32_000_000 },
  serverRequirements: { path: '/opt/caisson/runtime/requirements.txt', maxBytes: 1_000_000 },
  /** Of the virtual environment: holds the version of its Python. */
  virtualEnvironment: { path: '/opt/venv/pyvenv.cfg', maxBytes: 100_000 },
  dpkgStatus: { path: '/var/lib/dpkg/status', maxBytes: 64_000_000 },
  /** /etc/os-release is a link to it. */
  osRelease: { path: '/usr/lib/os-release', maxBytes: 100_000 },
} as const;

export type TellingTexts = { readonly [K in keyof typeof TELLING_FILES]: string | undefined };

/** Of an image of caisson. A file that is not there leaves out what it tells. Throws LOCK_BROKEN. */
export function imageContents(texts: Omit<TellingTexts, 'record'>): ImageContents {
  const pythonVersion = pythonOf(texts.virtualEnvironment ?? '');
  const systemPackages = texts.dpkgStatus === undefined ? undefined : parseDpkgStatus(texts.dpkgStatus);
  const machine = markerEnvironment(pythonVersion, systemPackages ?? []);
  // a lock that somebody put there by hand may hold a login
  const installed = (text: string): readonly LockedPackage[] =>
    parseLockFile(stripUserInfo(text)).packages.filter(
      ({ marker }) => marker === undefined || markerHolds(marker, machine) !== false,
    );
  return withoutUndefined({
    pythonVersion,
    packages: texts.lock === undefined ? undefined : installed(texts.lock),
    serverPackages: installed(texts.serverRequirements ?? ''),
    distribution: texts.osRelease === undefined ? undefined : parseOsRelease(texts.osRelease),
    systemPackages,
  });
}

/** uv writes `version_info = 3.11.2`, Python's own venv `version = 3.11.2`. */
function pythonOf(pyvenv: string): string | undefined {
  return /^version(?:_info)?\s*=\s*(\d+\.\d+(?:\.\d+)?)/m.exec(pyvenv)?.[1];
}

/** Debian's names of machines in Python's words; others are not known. */
const MACHINES: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

function markerEnvironment(
  python: string | undefined,
  packages: readonly DebianPackage[],
): MarkerEnvironment {
  const architecture = packages.find(({ architecture }) => architecture !== 'all')?.architecture;
  return withoutUndefined({
    implementation_name: 'cpython',
    os_name: 'posix',
    platform_machine: MACHINES[architecture ?? ''],
    platform_python_implementation: 'CPython',
    platform_system: 'Linux',
    python_full_version: python,
    python_version: python?.split('.', 2).join('.'),
    sys_platform: 'linux',
  });
}
