import { CaissonError, isCaissonError } from '../core/errors.ts';
import { stripUserInfo } from '../core/redaction.ts';
import { logicalLines } from './requirement-lines.ts';
import { parseRequirements, type Requirement } from './requirement.ts';

/** A resolved set of packages, as `uv pip compile --generate-hashes` and pip-tools write it. */
export interface LockFile {
  /** In the order of the file. */
  readonly packages: readonly LockedPackage[];
  /** Option lines of pip, such as `--index-url URL`; may hold logins, which whoever keeps the file must refuse. */
  readonly options: readonly string[];
}

export interface LockedPackage {
  /** PEP 503 normalised; absent for a path, whose project the file does not name. */
  readonly name?: string;
  readonly pin: Pin;
  /** PEP 508, such as `sys_platform == 'win32'`: only where it holds, the package is installed. */
  readonly marker?: string;
  /** `sha256:<hex>`, one for each file that may be installed, in the order of the file. */
  readonly hashes: readonly string[];
}

export type Pin =
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'url'; readonly url: string }
  /** Relative to the model. */
  | { readonly kind: 'path'; readonly path: string };

const HASH = /\s--hash[=\s]\s*(?<hash>[a-z0-9]+:[a-f0-9]+)(?=\s|$)/g;
const VERSION = /===?\s*(?<version>[A-Za-z0-9][A-Za-z0-9._+!-]*)$/;
/** The semicolon of a marker stands behind white space where a URL goes before it (PEP 508). */
const MARKER = /\s*;\s*(?<marker>[^;]*)$/;
const URL_MARKER = /\s;\s*(?<marker>[^;]*)$/;

/** Throws LOCK_BROKEN for a package without an exact version, URL or path, and for anything that is no requirement. */
export function parseLockFile(text: string): LockFile {
  const packages: LockedPackage[] = [];
  const options: string[] = [];
  for (const line of linesOf(text)) {
    const hashes = [...line.matchAll(HASH)].map((match) => match.groups?.['hash'] ?? '');
    for (const requirement of requirementsOf(line.replace(HASH, '').trim())) {
      if (requirement.kind === 'option') options.push(requirement.text);
      else packages.push({ ...locked(requirement), hashes });
    }
  }
  return { packages, options };
}

/** What the file says between name and hashes: `==1.2.3`, ` @ https://…` or the path alone. */
export function formatPin(pin: Pin): string {
  switch (pin.kind) {
    case 'version':
      return `==${pin.version}`;
    case 'url':
      return `@ ${pin.url}`;
    case 'path':
      return pin.path;
  }
}

function linesOf(text: string): readonly string[] {
  return asLockError(() => logicalLines(text));
}

function requirementsOf(line: string): readonly Requirement[] {
  const isEditable = /^(?:-e|--editable)\b/.test(line);
  if (isEditable) throw broken(`the line '${stripUserInfo(line)}' is editable`);
  return asLockError(() => parseRequirements(line));
}

function locked(requirement: Exclude<Requirement, { kind: 'option' }>): Omit<LockedPackage, 'hashes'> {
  const { text, name } = requirement;
  const marker = (requirement.kind === 'direct' ? URL_MARKER : MARKER).exec(text);
  const words = marker === null ? text : text.slice(0, marker.index);
  return {
    ...(name === undefined ? {} : { name }),
    pin: requirement.kind === 'direct' ? directPin(requirement) : versionPin(words),
    ...(marker === null ? {} : { marker: marker.groups?.['marker']?.trim() ?? '' }),
  };
}

function directPin({ location }: Extract<Requirement, { kind: 'direct' }>): Pin {
  return location.kind === 'path'
    ? { kind: 'path', path: location.path }
    : { kind: 'url', url: location.url };
}

function versionPin(words: string): Pin {
  const version = VERSION.exec(words)?.groups?.['version'];
  const isOnlyClause = !words.includes(',');
  if (version !== undefined && isOnlyClause) return { kind: 'version', version };
  throw broken(`the requirement '${words}' is not an exact version`);
}

/** The parsers of requirements blame the model; here it is another file. */
function asLockError<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (isCaissonError(error) && error.code === 'MODEL_BROKEN') throw broken(error.message, error);
    throw error;
  }
}

function broken(reason: string, cause?: unknown): CaissonError {
  return new CaissonError('LOCK_BROKEN', `the lock cannot be used: ${reason}`, { cause });
}
