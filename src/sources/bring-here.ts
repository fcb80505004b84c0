import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { throwIfAborted } from '../core/errors.ts';
import { type Emit, runStep, type Step } from '../core/events.ts';
import type { ModelFile } from '../model/resolved-model.ts';
import { listingKey } from './cache/cache-index.ts';
import { ModelCache } from './cache/model-cache.ts';
import type { TakenTree } from './cache/tree-store.ts';
import { downloadFiles } from './download/download-files.ts';
import type { StoredFile } from './download/pieces.ts';
import { listModelFiles } from './files/list-files.ts';
import { digestWithProgress } from './files/read-model.ts';
import type { LocalModel, MaterializeRequest } from './local-model.ts';
import type { OpenedPlace } from './present.ts';
import { throttled } from './throttled.ts';
import { checkSpace, makeWorkspace, type Workspace } from './workspace.ts';

export type Layer =
  | { readonly kind: 'local'; readonly folder: string }
  | { readonly kind: 'remote'; readonly place: OpenedPlace };

export type Brought =
  | { readonly kind: 'here'; readonly model: LocalModel }
  /** A file is not what was listed any more. */
  | { readonly kind: 'changed'; readonly reason: string };

/** What the brought model is called in the index of the cache, and how to find it again; absent when it is not to be kept. */
interface Keeping {
  readonly cache: ModelCache;
  readonly key: string;
}

/** Takes a model from the cache, or downloads it and keeps it there. Errors: see materialize. */
export async function bringHere(layers: readonly Layer[], request: MaterializeRequest): Promise<Brought> {
  const { cacheFolder, cacheLimit, emit, signal } = request;
  const places = layers.flatMap((layer) => (layer.kind === 'remote' ? [layer.place] : []));
  tellWays(places, request);
  // a part that lies on this machine may change at any time
  const isKept = places.length === layers.length;
  const cache = new ModelCache({
    cacheFolder,
    ...(cacheLimit === undefined ? {} : { limitBytes: cacheLimit }),
  });
  const keeping = isKept ? { cache, key: listingKey(places) } : undefined;
  const kept = keeping === undefined ? undefined : await cache.find(keeping.key, signal);
  if (kept !== undefined) {
    tellCached(kept, emit);
    return { kind: 'here', model: localModel(kept) };
  }
  const workspace = await makeWorkspace(request);
  try {
    const reason = await fill(layers, workspace, request);
    if (reason === undefined) return { kind: 'here', model: await finish(keeping, workspace, request) };
    await workspace.remove();
    return { kind: 'changed', reason };
  } catch (error) {
    await workspace.remove();
    throw error;
  }
}

/** Returns what changed meanwhile, if anything did. */
async function fill(
  layers: readonly Layer[],
  { model }: Workspace,
  request: MaterializeRequest,
): Promise<string | undefined> {
  const remote = new Map<string, StoredFile>();
  for (const layer of layers) {
    if (layer.kind === 'remote')
      for (const file of layer.place.files) remote.set(file.path, { store: layer.place.store, file });
    else {
      const copied = await copyFolder(layer.folder, model, request);
      for (const path of copied) remote.delete(path);
    }
  }
  const ways = layers.flatMap((layer) => (layer.kind === 'remote' ? [layer.place.way] : []));
  return download({ files: [...remote.values()], ways: [...new Set(ways)].join(' and ') }, model, request);
}

async function copyFolder(
  source: string,
  target: string,
  { shown, signal }: MaterializeRequest,
): Promise<readonly string[]> {
  const files = await listModelFiles({ folder: source, shown }, signal);
  for (const { path } of files) {
    throwIfAborted(signal);
    await mkdir(dirname(join(target, path)), { recursive: true, mode: 0o700 });
    await copyFile(join(source, path), join(target, path));
  }
  return files.map(({ path }) => path);
}

interface Download {
  readonly files: readonly StoredFile[];
  /** By what they come, for people. */
  readonly ways: string;
}

async function download(
  { files, ways }: Download,
  target: string,
  { emit, signal, policy }: MaterializeRequest,
): Promise<string | undefined> {
  const total = totalOf(files);
  await checkSpace(target, total ?? 0);
  const step = { step: 'download', title: 'downloading the model' };
  const outcome = await runStep(emit, step, async (running) => {
    running.note(`${files.length} files by ${ways}`);
    return downloadFiles({ files, target, signal, policy, onBytes: counter(running, total) });
  });
  return outcome.kind === 'changed' ? outcome.reason : undefined;
}

const totalOf = (files: readonly StoredFile[]): number | undefined =>
  files.some(({ file }) => file.size === undefined)
    ? undefined
    : files.reduce((sum, { file }) => sum + (file.size ?? 0), 0);

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

async function finish(
  keeping: Keeping | undefined,
  workspace: Workspace,
  request: MaterializeRequest,
): Promise<LocalModel> {
  const { shown, signal } = request;
  const { model: folder } = workspace;
  const files = await listModelFiles({ folder, shown }, signal);
  const temporary: LocalModel = { folder, dispose: () => workspace.remove() };
  // what is no model is not kept: reading it will say what is wrong
  if (!files.some(({ path }) => path === 'MLmodel')) return temporary;
  const digest = await digestWithProgress({ folder, ...request }, files);
  const kept = await keep(keeping, { workspace, digest, files }, request);
  return kept === undefined ? { ...temporary, known: { digest, files } } : localModel(kept);
}

interface Finished {
  readonly workspace: Workspace;
  readonly digest: string;
  readonly files: readonly ModelFile[];
}

function keep(
  keeping: Keeping | undefined,
  { workspace, digest, files }: Finished,
  { shown, signal }: MaterializeRequest,
): Promise<TakenTree | undefined> {
  if (keeping === undefined || workspace.where === 'elsewhere') return Promise.resolve(undefined);
  const { cache, key } = keeping;
  const model = shown.replaceAll("'", '');
  return cache.keep({ workspace: workspace.path, digest, files, key, model }, signal);
}

/** Only what is not as the user would expect: that a better way did not work, and which one did. */
function tellWays(places: readonly OpenedPlace[], { shown, emit }: MaterializeRequest): void {
  for (const { way, passed } of places) {
    const [first] = passed;
    if (first === undefined) continue;
    emit({ type: 'note', message: `the files of ${shown} come by ${way}, since ${first.message}` });
  }
}

function tellCached({ files }: TakenTree, emit: Emit): void {
  emit({ type: 'step.start', step: 'download', title: 'downloading the model' });
  emit({ type: 'step.end', step: 'download', outcome: 'cached', note: `${files.length} files` });
}

const localModel = (tree: TakenTree): LocalModel => ({
  folder: tree.folder,
  known: { digest: tree.digest, files: tree.files },
  dispose: () => tree.release(),
});
