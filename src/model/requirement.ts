import { optionsOfLine } from './requirement-options.ts';
import { logicalLines, unreadable } from './requirement-lines.ts';

/** One line of a pip requirements file, parsed as far as caisson needs (PEP 508 name, or an option, URL or path). */
export type Requirement = PackageRequirement | OptionRequirement | DirectRequirement;

interface PackageRequirement {
  readonly kind: 'package';
  /** PEP 503 normalised */
  readonly name: string;
  /** The whole requirement, one line, no comment. */
  readonly text: string;
}

export interface OptionRequirement {
  readonly kind: 'option';
  /** In its long spelling, such as --extra-index-url. */
  readonly option: string;
  /** Empty for a flag. */
  readonly value: string;
  readonly text: string;
}

/** A requirement that says where its distribution lies; an editable one is taken as the plain one, since the image is not edited. */
interface DirectRequirement {
  readonly kind: 'direct';
  /** PEP 503 normalised; absent where the requirement does not say. */
  readonly name?: string;
  readonly location: DirectLocation;
  readonly text: string;
}

type DirectLocation =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'vcs'; readonly url: string }
  /** `path` as written, without `file:`. */
  | { readonly kind: 'path'; readonly path: string };

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?/;
const CLAUSE = String.raw`(?:===|[<>=!~]=|<|>)\s*[A-Za-z0-9._*+!-]+`;
const CLAUSES = String.raw`${CLAUSE}(?:\s*,\s*${CLAUSE})*[\s,]*`;
/** What may follow the name in PEP 508: extras, then versions, then a marker. */
const AFTER_NAME = new RegExp(
  String.raw`^\s*(?:\[[\w\s.,-]*\])?\s*(?:\(\s*${CLAUSES}\)|${CLAUSES})?\s*(?:;.*)?$`,
);
/** Options for this requirement alone, such as --hash. */
const REQUIREMENT_OPTIONS = /\s--[a-z].*$/;
const URL_SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const VCS_SCHEME = /^(?:git|hg|svn|bzr)(?:\+|:)/i;
const ARCHIVE = /\.(?:whl|zip|tar|tar\.gz|tgz|tar\.bz2|tbz|tar\.xz|txz)$/i;

/**
 * Parses a requirements file as pip does: comments and blank lines dropped, continuation lines joined, white space folded.
 * Throws MODEL_BROKEN on control characters and on lines that are no requirement and no option of pip.
 */
export function parseRequirements(text: string): readonly Requirement[] {
  return logicalLines(text).flatMap((line) =>
    line.startsWith('-') ? parseOptionLine(line) : [parseLine(line)],
  );
}

/** PEP 503: lower case, and every run of `-`, `_` and `.` is one `-`. */
export function normalizeProjectName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

function parseOptionLine(line: string): readonly Requirement[] {
  return optionsOfLine(line).map(({ option, value }) => {
    if (option === '--editable') return parseLine(value);
    return { kind: 'option', option, value, text: value === '' ? option : `${option} ${value}` };
  });
}

function parseLine(line: string): Requirement {
  const bare = line.replace(REQUIREMENT_OPTIONS, '');
  const name = NAME.exec(bare)?.[0];
  const named = /^\s*(?:\[[^\]]*\])?\s*@\s*(?<target>\S+)/.exec(bare.slice(name?.length ?? 0));
  const target = named?.groups?.['target'];
  if (name !== undefined && target !== undefined) {
    return { kind: 'direct', name: normalizeProjectName(name), location: locate(target), text: line };
  }
  const [first = ''] = bare.split(/[\s;]/, 1);
  if (looksDirect(first)) return { kind: 'direct', location: locate(first), text: line };
  if (name === undefined || !AFTER_NAME.test(bare.slice(name.length))) throw unreadable(line);
  return { kind: 'package', name: normalizeProjectName(name), text: line };
}

/** pip's rule: a URL, anything with a slash or a leading dot, or the name of an archive. */
function looksDirect(word: string): boolean {
  const beforeExtras = word.split('[', 1)[0] ?? word;
  return (
    URL_SCHEME.test(word) || /[/\\]/.test(beforeExtras) || beforeExtras.startsWith('.') || ARCHIVE.test(word)
  );
}

function locate(target: string): DirectLocation {
  if (VCS_SCHEME.test(target)) return { kind: 'vcs', url: target };
  const file = /^file:(?:\/\/(?:localhost(?=\/))?)?(?<path>.*)$/i.exec(target)?.groups?.['path'];
  if (file !== undefined) return { kind: 'path', path: file };
  return target.includes('://') ? { kind: 'url', url: target } : { kind: 'path', path: target };
}
