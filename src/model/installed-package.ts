import { normalizeProjectName } from './requirement.ts';

/** A package as it lies in an environment, whoever put it there. */
export interface InstalledPackage {
  /** PEP 503 normalised for Python's, as conda writes it for conda's. */
  readonly name: string;
  readonly version: string;
}

/** The head of a `*.dist-info/METADATA` (PEP 566); undefined when it has no name or no version. */
export function parseMetadata(text: string): InstalledPackage | undefined {
  const head = text.split(/\r?\n\r?\n/, 1)[0] ?? '';
  const [name, version] = ['Name', 'Version'].map(
    (key) => new RegExp(`^${key}:[ \\t]*(\\S+)[ \\t]*$`, 'im').exec(head)?.[1],
  );
  return name === undefined || version === undefined
    ? undefined
    : { name: normalizeProjectName(name), version };
}

/** A record of conda is a file `NAME-VERSION-BUILD.json`; undefined for any other name. */
export function parseCondaRecord(file: string): InstalledPackage | undefined {
  const { name, version } = /^(?<name>.+)-(?<version>[^-]+)-[^-]+\.json$/.exec(file)?.groups ?? {};
  return name === undefined || version === undefined ? undefined : { name, version };
}
