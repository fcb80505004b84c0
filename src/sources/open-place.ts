import { createHash } from 'node:crypto';
import { CaissonError, isCaissonError, throwIfAborted } from '../core/errors.ts';
import type { ArtifactLocation } from './artifact-location.ts';
import type { ArtifactStore, RemoteFile } from './artifacts/port.ts';
import type { DownloadPolicy } from './download/policy.ts';
import { MAX_SMALL_BYTES, readSmallFile } from './download/read-small.ts';
import { waysTo, type Way, type WayContext } from './ways.ts';

/** A place that was opened and listed, by the first way that works. */
export interface OpenedPlace {
  readonly way: string;
  /** Why better ways did not work, in their order. */
  readonly passed: readonly CaissonError[];
  /** The place and the way, for the cache. */
  readonly place: string;
  readonly store: ArtifactStore;
  readonly files: readonly RemoteFile[];
  /** sha256 of its MLmodel file. */
  readonly mlmodel?: string;
}

const MLMODEL = 'MLmodel';

/**
 * What is at a place. `unproven`: the best way failed, and every other one lists no files, which may be because it does not see them.
 */
export type PlaceOutcome =
  | { readonly kind: 'opened'; readonly place: OpenedPlace }
  | { readonly kind: 'empty' }
  | { readonly kind: 'unproven'; readonly reason: CaissonError };

/** A store may answer a listing and refuse its files, or sign URLs that nobody can reach: only reading tells whether a way works. */
type Tried =
  | { readonly kind: 'opened'; readonly opened: Omit<OpenedPlace, 'passed'> }
  | { readonly kind: 'empty' }
  | { readonly kind: 'absent' };

/**
 * Opens a place that is not a folder of this machine. Throws what the best way threw, with the reasons of the others, when none works.
 */
export async function openPlace(
  location: ArtifactLocation,
  context: WayContext,
  signal: AbortSignal,
): Promise<PlaceOutcome> {
  let isListedEmpty = false;
  const passed: CaissonError[] = [];
  const names: string[] = [];
  for (const way of waysTo(location, context)) {
    throwIfAborted(signal);
    try {
      const tried = await tryWay(way, { location, policy: context.policy, signal });
      if (tried.kind === 'opened') return { kind: 'opened', place: { ...tried.opened, passed } };
      // a way round a better one that failed proves nothing by an empty listing
      if (tried.kind === 'empty' && passed.length === 0) return { kind: 'empty' };
      isListedEmpty ||= tried.kind === 'empty';
    } catch (error) {
      throwIfAborted(signal);
      if (!isCaissonError(error)) throw error;
      passed.push(error);
      names.push(way.name);
    }
  }
  const [first] = passed;
  if (first === undefined) return { kind: 'empty' };
  const reason = passed.length === 1 ? first : noWay(passed, names);
  if (isListedEmpty) return { kind: 'unproven', reason };
  throw reason;
}

interface Trial {
  readonly location: ArtifactLocation;
  readonly policy: DownloadPolicy;
  readonly signal: AbortSignal;
}

async function tryWay(way: Way, trial: Trial): Promise<Tried> {
  const { location, signal } = trial;
  const store = await way.open();
  if (store === undefined) return { kind: 'absent' };
  try {
    const files = await store.list(signal);
    if (files.length === 0) {
      await store.close();
      return { kind: 'empty' };
    }
    const mlmodel = await mlmodelOf(store, files, trial);
    const place = JSON.stringify([way.name, store.shown, location]);
    const opened = { way: way.name, place, store, files, ...(mlmodel === undefined ? {} : { mlmodel }) };
    return { kind: 'opened', opened };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function mlmodelOf(
  store: ArtifactStore,
  files: readonly RemoteFile[],
  { policy, signal }: Trial,
): Promise<string | undefined> {
  const file = files.find(({ path }) => path === MLMODEL);
  if (file === undefined || (file.size ?? 0) > MAX_SMALL_BYTES) return undefined;
  const content = await readSmallFile({ store, file }, policy, signal);
  // the download will find out too, and then everything is listed anew
  if (content.kind === 'changed') return `changed: ${content.reason}`;
  return createHash('sha256').update(content.bytes).digest('hex');
}

function noWay(passed: readonly CaissonError[], names: readonly string[]): CaissonError {
  const [first] = passed;
  const detail = passed.map(({ message }, index) => `${names[index] ?? ''}: ${message}`).join('\n');
  return new CaissonError(first?.code ?? 'STORE_FAILED', first?.message ?? '', {
    hint: first?.hint,
    detail,
    cause: first,
  });
}
