import { closeSync, createReadStream, createWriteStream, fchmodSync, openSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, realpath, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { abortReason, CaissonError, isCaissonError, messageOf, throwIfAborted } from '../core/errors.ts';

/** A file to write: what image/build-context.ts calls a ContextEntry. */
export interface TreeEntry {
  /** Relative, forward slashes, no `..`. */
  readonly path: string;
  readonly content:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'file'; readonly source: string; readonly size: number };
}

export interface WriteTreeOptions {
  /** What to do with a folder that holds files. */
  readonly existing: 'refuse' | 'replace';
  readonly signal: AbortSignal;
}

const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;
const PRIVATE_PREFIX = '.caisson-';

/**
 * Writes the entries as the whole content of a folder, which is made when it is not there. Everything is written beside its place first and
 * moved at the end, so that a failure or an interruption leaves the folder as it was.
 * Throws OUTPUT_NOT_EMPTY, USAGE (not a folder, or one too dear to be replaced), OUTPUT_FAILED, INTERRUPTED.
 */
export async function writeTree(
  folder: string,
  { entries }: { readonly entries: readonly TreeEntry[] },
  { existing, signal }: WriteTreeOptions,
): Promise<void> {
  const target = resolve(folder);
  const held = await checkTarget(folder, existing);
  try {
    if (held === undefined) await writeNew(target, entries, signal);
    else await writeInto(target, { entries, held, signal });
  } catch (error) {
    if (signal.aborted) throw abortReason(signal);
    if (isCaissonError(error)) throw error;
    throw new CaissonError('OUTPUT_FAILED', `'${folder}' cannot be written: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * Whether a folder may be written, before there is anything to write: the names that it holds, undefined when it is not there.
 * Throws OUTPUT_NOT_EMPTY, USAGE.
 */
export async function checkTarget(
  folder: string,
  existing: WriteTreeOptions['existing'],
): Promise<readonly string[] | undefined> {
  const held = await contentOf(resolve(folder));
  if (held !== undefined && held.length > 0) checkReplaceable(folder, existing);
  return held;
}

/** Throws USAGE when one folder lies in the other: writing would change what is read, or replacing would delete it. */
export async function checkApart(target: string, source: string): Promise<void> {
  const there = await realPlace(target);
  const here = await realPlace(source);
  if (!isInside(there, here) && !isInside(here, there)) return;
  throw new CaissonError(
    'USAGE',
    `the folder '${target}' and '${source}', which is read, lie in each other`,
    {
      hint: 'name an output folder outside of it',
    },
  );
}

/** Links resolved, as far as the path exists. */
async function realPlace(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPlace(parent), basename(path));
  }
}

function isInside(inner: string, outer: string): boolean {
  const path = relative(outer, inner);
  return path === '' || (path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path));
}

/** The names in a folder; undefined when there is none. */
async function contentOf(target: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(target);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return undefined;
    const reason = code === 'ENOTDIR' ? 'is not a folder' : `cannot be read: ${messageOf(error)}`;
    throw new CaissonError('USAGE', `'${target}' ${reason}`, {
      hint: 'name a folder that can be made',
      cause: error,
    });
  }
}

function checkReplaceable(folder: string, existing: WriteTreeOptions['existing']): void {
  if (existing === 'refuse')
    throw new CaissonError('OUTPUT_NOT_EMPTY', `the folder '${folder}' is not empty`);
  const target = resolve(folder);
  for (const dear of [process.cwd(), homedir()]) {
    if (!isInside(dear, target)) continue;
    throw new CaissonError(
      'USAGE',
      `the folder '${folder}' holds the working or home folder and will not be replaced`,
      {
        hint: 'name a folder of its own',
      },
    );
  }
}

/** One rename makes the finished folder appear. */
async function writeNew(target: string, entries: readonly TreeEntry[], signal: AbortSignal): Promise<void> {
  const parent = dirname(target);
  const made = await mkdir(parent, { recursive: true });
  const draft = await mkdtemp(join(parent, `${PRIVATE_PREFIX}${basename(target)}-`));
  try {
    await writeEntries(draft, entries, signal);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (made !== undefined) await rm(made, { recursive: true, force: true });
    throw error;
  }
}

interface IntoWork {
  readonly entries: readonly TreeEntry[];
  /** Names that stood in the folder before. */
  readonly held: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * The folder itself stays (it may be a mount, or where a shell stands): the old content moves aside, the new one in, and back again when
 * a move fails.
 */
async function writeInto(target: string, { entries, held, signal }: IntoWork): Promise<void> {
  const work = await mkdtemp(join(target, PRIVATE_PREFIX));
  const [draft, old] = [join(work, 'new'), join(work, 'old')];
  const moved: (readonly [from: string, to: string])[] = [];
  const move = async (from: string, to: string): Promise<void> => {
    await rename(from, to);
    moved.unshift([from, to]);
  };
  try {
    await Promise.all([mkdir(draft), mkdir(old)]);
    await writeEntries(draft, entries, signal);
    for (const name of held) await move(join(target, name), join(old, name));
    for (const name of await readdir(draft)) await move(join(draft, name), join(target, name));
  } catch (error) {
    for (const [from, to] of moved) await rename(to, from);
    throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function writeEntries(root: string, entries: readonly TreeEntry[], signal: AbortSignal): Promise<void> {
  await chmod(root, FOLDER_MODE);
  const made = new Set<string>();
  for (const { path, content } of entries) {
    throwIfAborted(signal);
    const place = join(root, path);
    if (relative(root, place).startsWith('..') || place === root) {
      throw new CaissonError('INTERNAL', `the path '${path}' leaves the folder`);
    }
    const parent = dirname(path);
    if (!made.has(parent)) await makeFolders(root, parent);
    made.add(parent);
    if (content.kind === 'text') writeText(place, content.text);
    else
      await pipeline(createReadStream(content.source), createWriteStream(place, { flags: 'wx' }), { signal });
    if (content.kind === 'file') await chmod(place, FILE_MODE);
  }
  throwIfAborted(signal);
}

/** At once: some 240 small texts, each with three waits for a thread, would take 0.15 s. */
function writeText(place: string, text: string): void {
  const file = openSync(place, 'wx', FILE_MODE);
  try {
    writeFileSync(file, text);
    fchmodSync(file, FILE_MODE);
  } finally {
    closeSync(file);
  }
}

/** The mode of mkdir is cut by the umask, that of chmod is not. */
async function makeFolders(root: string, path: string): Promise<void> {
  if (path === '.') return;
  const made = await mkdir(join(root, path), { recursive: true });
  if (made === undefined) return;
  for (let folder = join(root, path); folder !== dirname(made); folder = dirname(folder))
    await chmod(folder, FOLDER_MODE);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
