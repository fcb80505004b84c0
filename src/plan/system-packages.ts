import type { Requirement } from '../model/requirement.ts';

export interface SystemPackages {
  /** Debian package names, sorted. */
  readonly packages: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Shared libraries that a wheel expects of the system (`readelf -d` of its library names them and the wheel does not hold them).
 * xgboost, scikit-learn and torch bring their own OpenMP.
 */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  lightgbm: ['libgomp1'],
  paddlepaddle: ['libgomp1'],
};

/** Flavors that start a Java virtual machine, which no package of the Python index brings. */
const JAVA_FLAVORS: ReadonlySet<string> = new Set(['spark', 'h2o', 'johnsnowlabs']);

/** What the model needs beside Python, by its flavors and the (normalised) names of its requirements. */
export function runtimePackages(flavors: readonly string[], requirements: readonly string[]): SystemPackages {
  const libraries = [...flavors, ...requirements].flatMap((name) =>
    Object.hasOwn(LIBRARIES, name) ? (LIBRARIES[name] ?? []) : [],
  );
  const java = flavors.filter((flavor) => JAVA_FLAVORS.has(flavor));
  return {
    packages: [...new Set(libraries)].sort(),
    warnings: java.map(
      (flavor) => `flavor '${flavor}' needs Java, which the image has only when its --base-image has it`,
    ),
  };
}

/** What only the installation needs, sorted: uv clones VCS requirements with git, and git takes ssh for some URLs. */
export function packagesForVcs(requirements: readonly Requirement[]): readonly string[] {
  const urls = requirements.flatMap((item) =>
    item.kind === 'direct' && item.location.kind === 'vcs' ? [item.location.url] : [],
  );
  if (urls.length === 0) return [];
  const usesSsh = urls.some((url) => /^git(?:\+|:)ssh:|^git\+[^:/]*@/i.test(url));
  return ['ca-certificates', 'git', ...(usesSsh ? ['openssh-client'] : [])];
}
