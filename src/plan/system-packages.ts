import { CaissonError } from '../core/errors.ts';
import type { Requirement } from '../model/requirement.ts';

/**
 * Shared libraries that the wheels for x86-64 of the Python index expect of the system. Found by `ldd` over everything that a wheel and
 * its dependencies install, and by an import, on a Debian 12 of the minimal variant; with these packages the imports succeed:
 *
 *   implicit, lightgbm 4.7, paddlepaddle 3.3        libgomp.so.1
 *   opencv-python 5.0, opencv-contrib-python 5.1    libGL.so.1, libxcb.so.1 (which libgl1 depends on), libglib-2.0.so.0, libgthread-2.0.so.0
 *   pyodbc 5.5                                      libodbc.so.2
 *   cairosvg, python-magic, pyzbar, weasyprint      opened by name when they are imported
 *
 * Nothing was missing for xgboost, catboost, onnxruntime, statsmodels, prophet, spacy, pmdarima, shap, librosa, soundfile, tensorflow,
 * opencv-python-headless, psycopg2-binary, h5py, rasterio and faiss-cpu, which hold what they need. By the names of Debian 12; Debian 13 provides
 * libglib2.0-0, libmagic1 and libzbar0 by packages that end in t64.
 */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  cairosvg: ['libcairo2'],
  implicit: ['libgomp1'],
  lightgbm: ['libgomp1'],
  'opencv-contrib-python': ['libgl1', 'libglib2.0-0'],
  'opencv-python': ['libgl1', 'libglib2.0-0'],
  paddlepaddle: ['libgomp1'],
  pyodbc: ['libodbc2'],
  'python-magic': ['libmagic1'],
  pyzbar: ['libzbar0'],
  weasyprint: ['libpango-1.0-0', 'libpangoft2-1.0-0'],
};

/** Flavors and packages that start a Java virtual machine, which no package of the Python index brings. */
const NEED_JAVA: ReadonlySet<string> = new Set(['spark', 'h2o', 'johnsnowlabs', 'mleap', 'pyspark']);
const JAVA = 'default-jre-headless';

/** Debian's grammar of package names (policy 5.6.1) and versions (5.6.12); a dash at the end would tell apt-get to remove the package. */
const PACKAGE = /^(?<name>[a-z0-9][a-z0-9+.-]*[a-z0-9+])(?:=(?<version>[0-9][A-Za-z0-9.+:~-]*))?$/;

/**
 * The Debian packages of the image, sorted: what the model needs beside Python, by its flavors and the (normalised) names of its
 * requirements, and what the user asked for, which wins. Throws USAGE for what is no name of a package.
 */
export function systemPackages(
  flavorsAndRequirements: readonly string[],
  asked: readonly string[],
): readonly string[] {
  const own = flavorsAndRequirements.flatMap((name) => [
    ...(Object.hasOwn(LIBRARIES, name) ? (LIBRARIES[name] ?? []) : []),
    ...(NEED_JAVA.has(name) ? [JAVA] : []),
  ]);
  const byName = new Map([...own, ...asked].map((text) => [packageName(text), text]));
  return [...byName.values()].sort();
}

/** The name without its version. Throws USAGE. */
function packageName(text: string): string {
  const name = PACKAGE.exec(text)?.groups?.['name'];
  if (name !== undefined) return name;
  throw new CaissonError('USAGE', `${JSON.stringify(text)} is not the name of a Debian package`, {
    hint: 'write --system-package NAME or --system-package NAME=VERSION, such as libgomp1',
  });
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
