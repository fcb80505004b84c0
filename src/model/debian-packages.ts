/** A package that is installed, of Debian or of a distribution made from it. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  /** Debian's word, such as amd64 or all. */
  readonly architecture: string;
}

export interface Distribution {
  /** Such as debian. */
  readonly id: string;
  /** Such as 12; absent for one that has no versions. */
  readonly versionId?: string;
}

/** The installed packages of a /var/lib/dpkg/status (deb822, as dpkg writes it), by name. What is no stanza of a package is passed over. */
export function parseDpkgStatus(text: string): readonly DebianPackage[] {
  return text
    .split(/\n\s*\n/)
    .flatMap((stanza) => {
      const [name, version, architecture] = ['Package', 'Version', 'Architecture'].map((key) =>
        field(stanza, key),
      );
      const isInstalled = field(stanza, 'Status')?.endsWith(' installed') === true;
      if (name === undefined || version === undefined || architecture === undefined || !isInstalled)
        return [];
      return [{ name, version, architecture }];
    })
    .sort((a, b) => (`${a.name}:${a.architecture}` < `${b.name}:${b.architecture}` ? -1 : 1));
}

/** Of an os-release; undefined when it does not say what it is. */
export function parseOsRelease(text: string): Distribution | undefined {
  const read = (key: string): string | undefined => {
    const value = new RegExp(`^${key}=(?:"([^"]*)"|'([^']*)'|(.*))$`, 'm').exec(text);
    return value?.slice(1).find((each) => (each as string | undefined) !== undefined && each !== '');
  };
  const id = read('ID')?.trim();
  if (id === undefined) return undefined;
  const versionId = read('VERSION_ID')?.trim();
  return versionId === undefined ? { id } : { id, versionId };
}

const field = (stanza: string, key: string): string | undefined =>
  new RegExp(`^${key}: *(\\S.*)$`, 'm').exec(stanza)?.[1]?.trim();
