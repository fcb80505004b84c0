import type { DebianPackage, Distribution } from '../../model/debian-packages.ts';
import type { InstalledPackage } from '../../model/installed-package.ts';
import type { LockedPackage } from '../../model/lock-file.ts';

/** Package URLs (github.com/package-url/purl-spec): what vulnerability scanners look packages up by. */

/** undefined for a package without a name: a path says nothing to others. */
export function pypiPurl({ name, pin }: LockedPackage): string | undefined {
  if (name === undefined || pin.kind === 'path') return undefined;
  if (pin.kind === 'version') return `pkg:pypi/${name}@${encode(pin.version)}`;
  const key = /^(?:git|hg|svn|bzr)\+/.test(pin.url) ? 'vcs_url' : 'download_url';
  return `pkg:pypi/${name}?${key}=${encode(pin.url)}`;
}

export function condaPurl({ name, version }: InstalledPackage): string {
  return `pkg:conda/${encode(name)}@${encode(version)}`;
}

export function debianPurl(
  { name, version, architecture }: DebianPackage,
  distribution: Distribution | undefined,
): string {
  const { id = 'debian', versionId } = distribution ?? {};
  const distro = versionId === undefined ? '' : `&distro=${encode(`${id}-${versionId}`)}`;
  return `pkg:deb/${encode(id)}/${encode(name)}@${encode(version)}?arch=${encode(architecture)}${distro}`;
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
