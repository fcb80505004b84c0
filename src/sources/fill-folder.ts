import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { throwIfAborted } from '../core/errors.ts';
import { runStep, type Step } from '../core/events.ts';
import type { ModelFile } from '../model/resolved-model.ts';
import { digestOfFile } from './download/checksum.ts';
import { downloadFiles } from './download/download-files.ts';
import { TreeFollower } from './download/follow-tree.ts';
import type { StoredFile } from './download/pieces.ts';
import { writeFailed } from './download/write-failed.ts';
import { listModelFiles } from './files/list-files.ts';
import type { MaterializeRequest } from './local-model.ts';
import type { OpenedPlace } from './open-place.ts';
import { throttled } from './throttled.ts';
import { checkSpace } from './workspace.ts';

export type Layer =
  | { readonly kind: 'local'; readonly folder: string }
  | { readonly kind: 'remote'; readonly place: OpenedPlace };

export type FillOutcome =
  /** `known`: when all of the tree was downloaded and could be followed. */
  | { readonly kind: 'filled'; readonly known?: KnownTree }
  /** A file is not what was listed any more. */
  | { readonly kind: 'changed'; readonly reason: string };

/** What is in the folder: the digest, and the files in the order of their paths. */
export interface KnownTree {
  readonly digest: string;
  readonly files: readonly ModelFile[];
}

/** A file of the model and where it comes from; `mlmodel` is what MLmodel held when the place was listed. */
type Origin =
  | { readonly kind: 'local'; readonly source: string }
  | (StoredFile & { readonly kind: 'remote'; readonly mlmodel?: string });

const MLMODEL = 'MLmodel';

/** Brings the files of all layers into an empty folder; of two layers with the same file, the later one's. Errors: see materialize. */
export async function fillFolder(
  layers: readonly Layer[],
  target: string,
  request: MaterializeRequest,
): Promise<FillOutcome> {
  const origins = await originsOf(layers, request);
  const files: StoredFile[] = [];
  for (const [path, origin] of origins) {
    throwIfAborted(request.signal);
    if (origin.kind === 'remote') files.push(origin);
    else await copy(join(origin.source, path), join(target, path));
  }
  const ways = layers.flatMap((layer) => (layer.kind === 'remote' ? [layer.place.way] : []));
  const isComplete = files.length === origins.size;
  const plan = {
    files,
    ways: [...new Set(ways)],
    follow: isComplete ? ('follow' as const) : ('leave' as const),
  };
  const outcome = await download(plan, target, request);
  if (outcome.kind === 'changed') return outcome;
  return (await mlmodelChanged(origins.get(MLMODEL), target, request.signal)) ?? outcome;
}

async function originsOf(
  layers: readonly Layer[],
  { shown, signal }: MaterializeRequest,
): Promise<ReadonlyMap<string, Origin>> {
  const origins = new Map<string, Origin>();
  for (const layer of layers) {
    if (layer.kind === 'local') {
      const { folder } = layer;
      for (const { path } of await listModelFiles({ folder, shown }, signal))
        origins.set(path, { kind: 'local', source: folder });
      continue;
    }
    const { store, files, mlmodel } = layer.place;
    for (const file of files)
      origins.set(file.path, { kind: 'remote', store, file, ...(mlmodel === undefined ? {} : { mlmodel }) });
  }
  return origins;
}

async function copy(source: string, target: string): Promise<void> {
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await copyFile(source, target);
  } catch (error) {
    throw writeFailed(target, error);
  }
}

interface Download {
  readonly files: readonly StoredFile[];
  /** By what they come, for people. */
  readonly ways: readonly string[];
  /** Whether the digest of the tree is made on the way: only of a tree that is downloaded as a whole. */
  readonly follow: 'follow' | 'leave';
}

function download(
  { files, ways, follow }: Download,
  target: string,
  { emit, signal, policy }: MaterializeRequest,
): Promise<FillOutcome> {
  const sized = sizedFiles(files);
  const total = sized?.reduce((sum, { size }) => sum + size, 0);
  const step = { step: 'download', title: 'downloading the model' };
  return runStep(emit, step, async (running) => {
    await checkSpace(target, total ?? 0);
    running.note(`${files.length} files by ${ways.join(' and ')}`);
    const work = { files, target, signal, policy, onBytes: counter(running, total) };
    if (sized === undefined || follow === 'leave') {
      const outcome = await downloadFiles(work);
      return outcome.kind === 'changed' ? outcome : { kind: 'filled' };
    }
    const follower = new TreeFollower(target, sized);
    const stop = new AbortController();
    const following = follower.digest(AbortSignal.any([signal, stop.signal]));
    // heard below; a download that fails first must not leave a rejection behind
    following.catch(() => undefined);
    try {
      const outcome = await downloadFiles({ ...work, arrivals: follower });
      if (outcome.kind === 'changed') return outcome;
      // what could not be read here is read, and told, by the one who makes the digest then
      const digest = await following.catch(() => undefined);
      return { kind: 'filled', ...(digest === undefined ? {} : { known: { digest, files: sized } }) };
    } finally {
      stop.abort();
      await following.catch(() => undefined);
    }
  });
}

/** Sorted as the digest has them; undefined when the store does not say how long each is. */
function sizedFiles(files: readonly StoredFile[]): readonly ModelFile[] | undefined {
  const sized = files.flatMap(({ file: { path, size } }) => (size === undefined ? [] : [{ path, size }]));
  if (sized.length < files.length) return undefined;
  return sized.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function counter(step: Step, total: number | undefined): (count: number) => void {
  let done = 0;
  const report = throttled(
    (count) => step.progress({ done: count, unit: 'bytes', ...(total === undefined ? {} : { total }) }),
    total,
  );
  return (count) => {
    done += count;
    report(done);
  };
}

/** A model that was logged anew meanwhile, with files as long as before, has another MLmodel. */
async function mlmodelChanged(
  origin: Origin | undefined,
  target: string,
  signal: AbortSignal,
): Promise<FillOutcome | undefined> {
  if (origin?.kind !== 'remote' || origin.mlmodel === undefined) return undefined;
  const came = await digestOfFile(join(target, MLMODEL), 'sha256', signal);
  return came === origin.mlmodel
    ? undefined
    : { kind: 'changed', reason: `'${MLMODEL}' changed while the model was downloaded` };
}
