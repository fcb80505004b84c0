import { normalizeProjectName } from './requirement.ts';

/** A version of a package, as the name of its wheel or source archive tells it. */
export interface Distribution {
  /** PEP 503 normalised. */
  readonly name: string;
  readonly version: string;
}

const WHEEL = /^(?<name>[^-]+)-(?<version>[^-]+)(?:-\d[^-]*)?-[^-]+-[^-]+-[^-]+\.whl$/;
/** A name may hold dashes, a version does not. */
const SOURCES = /^(?<name>.+)-(?<version>[^-]+)\.(?:tar\.gz|zip)$/;

/** undefined for a name that is neither. */
export function parseDistributionFile(file: string): Distribution | undefined {
  const { name, version } = (WHEEL.exec(file) ?? SOURCES.exec(file))?.groups ?? {};
  if (name === undefined || version === undefined) return undefined;
  return { name: normalizeProjectName(name), version };
}

/** PEP 440 as far as exact versions need it: 1.0 is 1.0.0, and 2.1+cu_118 is 2.1+cu.118. */
export function isSameVersion(a: string, b: string): boolean {
  return canonical(a) === canonical(b);
}

const canonical = (version: string): string =>
  version
    .toLowerCase()
    .replace(/[-_]/g, '.')
    .replace(/(?:\.0)+(?=$|\+)/, '');
