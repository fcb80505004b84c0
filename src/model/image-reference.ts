import { CaissonError } from '../core/errors.ts';

/** A Docker image reference (distribution/reference grammar), normalised: `iris` is docker.io/library/iris. */
export interface ImageReference {
  /** Host and optional port, such as docker.io or localhost:5000. */
  readonly registry: string;
  /** Path inside the registry, such as library/iris. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

const DEFAULT_REGISTRY = 'docker.io';
const OFFICIAL_PREFIX = 'library/';
/** Engines refuse longer names (distribution/reference, NameTotalLengthMax). */
const MAX_NAME_LENGTH = 255;

const HOST_LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const REGISTRY = new RegExp(`^(?:${HOST_LABEL}(?:\\.${HOST_LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const PATH_COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^${PATH_COMPONENT}(?:/${PATH_COMPONENT})*$`);
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;
/** A bare image id is not a name: docker refuses it too, because it would be looked up in a registry. */
const IMAGE_ID = /^[a-f0-9]{64}$/;

/** Throws IMAGE_REFERENCE_INVALID, quoting the text. A missing tag stays missing; see withDefaultTag. */
export function parseImageReference(text: string): ImageReference {
  if (text.includes('://')) throw invalid(text, 'it is a URL', 'leave out the scheme: registry/name:tag');
  if (IMAGE_ID.test(text))
    throw invalid(text, 'it is an image id', 'name the image by one of its references');
  const { rest: named, suffix: digest } = splitDigest(text);
  const { rest: name, suffix: tag } = splitTag(named);
  const { registry, repository } = splitRegistry(name);
  checkName(text, registry, repository);
  if (tag !== undefined && !TAG.test(tag)) {
    const rule =
      'a tag has 1 to 128 letters, digits, dots, dashes and underscores, and starts with no dot or dash';
    throw invalid(text, `its tag '${tag}' is malformed`, rule);
  }
  if (digest !== undefined && !DIGEST.test(digest))
    throw invalid(
      text,
      `its digest '${digest}' is malformed`,
      'a digest reads sha256:<64 hexadecimal digits>',
    );
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The same reference with `latest` where it has neither tag nor digest. */
export function withDefaultTag(reference: ImageReference): ImageReference {
  if (reference.tag !== undefined || reference.digest !== undefined) return reference;
  return { ...reference, tag: 'latest' };
}

/** The familiar spelling that docker prints: docker.io and library/ left out. */
export function formatImageReference(reference: ImageReference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${formatRepository(reference)}${tag}${digest}`;
}

/** The familiar spelling without tag and digest. */
export function formatRepository({ registry, repository }: ImageReference): string {
  const full = `${registry}/${repository}`;
  if (registry !== DEFAULT_REGISTRY) return full;
  const short = isOfficial(repository) ? repository.slice(OFFICIAL_PREFIX.length) : repository;
  // `foo.bar/app` of docker.io would be read back as an image of the registry foo.bar, and 64 hex digits as an id.
  const readBack = splitRegistry(short);
  const isAmbiguous = readBack.registry !== registry || readBack.repository !== repository;
  return isAmbiguous || IMAGE_ID.test(short) ? full : short;
}

interface Split {
  readonly rest: string;
  readonly suffix?: string;
}

function splitDigest(text: string): Split {
  const at = text.indexOf('@');
  return at === -1 ? { rest: text } : { rest: text.slice(0, at), suffix: text.slice(at + 1) };
}

function splitTag(text: string): Split {
  const colon = text.lastIndexOf(':');
  // A colon before the last slash belongs to the port of the registry.
  if (colon <= text.lastIndexOf('/')) return { rest: text };
  return { rest: text.slice(0, colon), suffix: text.slice(colon + 1) };
}

/** Docker's rule: the first component is a registry when it has a dot or a colon, an upper-case letter, or is localhost. */
function splitRegistry(name: string): Pick<ImageReference, 'registry' | 'repository'> {
  const slash = name.indexOf('/');
  const first = name.slice(0, slash);
  const isRegistry =
    slash !== -1 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  const registry = isRegistry ? first : DEFAULT_REGISTRY;
  const path = isRegistry ? name.slice(slash + 1) : name;
  if (registry !== DEFAULT_REGISTRY && registry !== 'index.docker.io') return { registry, repository: path };
  return { registry: DEFAULT_REGISTRY, repository: path.includes('/') ? path : OFFICIAL_PREFIX + path };
}

function isOfficial(repository: string): boolean {
  return repository.startsWith(OFFICIAL_PREFIX) && !repository.slice(OFFICIAL_PREFIX.length).includes('/');
}

function checkName(text: string, registry: string, repository: string): void {
  if (!REGISTRY.test(registry)) throw invalid(text, `'${registry}' is not a registry host`);
  if (isNameInUpperCase(registry))
    throw invalidRepository(text, DEFAULT_REGISTRY, `${registry}/${repository}`);
  if (!REPOSITORY.test(repository)) throw invalidRepository(text, registry, repository);
  if (`${registry}/${repository}`.length > MAX_NAME_LENGTH)
    throw invalid(text, `its name has more than ${MAX_NAME_LENGTH} characters`);
}

/** `Ada/iris`: by the grammar a registry, but engines know no such host, and a person meant a name. */
function isNameInUpperCase(registry: string): boolean {
  return registry !== registry.toLowerCase() && !/[.:]/.test(registry);
}

function invalidRepository(text: string, registry: string, repository: string): CaissonError {
  const lower = repository.toLowerCase();
  if (!REPOSITORY.test(lower)) return invalid(text, 'it breaks the grammar');
  const suggestion = formatRepository({ registry, repository: lower }) + behindName(text);
  return invalid(text, 'the name must be lower case', `write it as '${suggestion}'`);
}

/** Tag and digest as they were written. */
function behindName(text: string): string {
  const { rest: named } = splitDigest(text);
  return text.slice(splitTag(named).rest.length);
}

function invalid(text: string, reason: string, hint?: string): CaissonError {
  return new CaissonError('IMAGE_REFERENCE_INVALID', `'${text}' is not an image reference: ${reason}`, {
    hint,
  });
}
