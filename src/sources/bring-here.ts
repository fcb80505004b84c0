import type { Emit } from '../core/events.ts';
import type { ModelFile } from '../model/resolved-model.ts';
import { listingKey } from './cache/cache-index.ts';
import { ModelCache } from './cache/model-cache.ts';
import type { TakenTree } from './cache/tree-store.ts';
import { fillFolder, type KnownTree, type Layer } from './fill-folder.ts';
import { listModelFiles } from './files/list-files.ts';
import { digestWithProgress } from './files/read-model.ts';
import type { LocalModel, MaterializeRequest } from './local-model.ts';
import type { OpenedPlace } from './open-place.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';

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
    const filled = await fillFolder(layers, workspace.model, request);
    if (filled.kind === 'filled')
      return { kind: 'here', model: await finish({ keeping, workspace, ...filled }, request) };
    await workspace.remove();
    return filled;
  } catch (error) {
    await workspace.remove();
    throw error;
  }
}

interface Filled {
  readonly keeping: Keeping | undefined;
  readonly workspace: Workspace;
  /** Of the tree, when it was made on the way. */
  readonly known?: KnownTree;
}

async function finish(
  { keeping, workspace, known }: Filled,
  request: MaterializeRequest,
): Promise<LocalModel> {
  const { shown, signal } = request;
  const { model: folder } = workspace;
  const files = known?.files ?? (await listModelFiles({ folder, shown }, signal));
  const temporary: LocalModel = { folder, dispose: () => workspace.remove() };
  // what is no model is not kept: reading it will say what is wrong
  if (!files.some(({ path }) => path === 'MLmodel')) return temporary;
  const digest = known?.digest ?? (await digestWithProgress({ folder, ...request }, files));
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
