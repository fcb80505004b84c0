import { runStep } from '../core/events.ts';
import { formatModelUri } from '../model/model-uri.ts';
import { DOWNLOAD_POLICY } from './download/policy.ts';
import { explainMissingFiles } from './explain-missing-files.ts';
import { readModel } from './files/read-model.ts';
import { locateModel, type LocatedModel, type StoredModelUri } from './locate.ts';
import type { LocalModel } from './local-model.ts';
import { materialize } from './materialize.ts';
import { directOpener, lentOpener } from './open-direct.ts';
import { openStore, type OpenStore } from './open-store.ts';
import { referencesOf } from './server-references.ts';
import { storesOf } from './stores-of.ts';
import type { ResolveContext, ResolvedModelHandle, SourcesConfig } from './port.ts';

/** Resolves a URI that a tracking store knows: finds it, brings it here, reads it. Errors: see ModelSources. */
export async function resolveStored(
  uri: StoredModelUri,
  config: SourcesConfig,
  context: ResolveContext,
): Promise<ResolvedModelHandle> {
  const shown = `'${formatModelUri(uri)}'`;
  const opened = await openStore(uri, config, context.signal);
  try {
    const located = await runStep(context.emit, { step: 'resolve', title: `finding ${shown}` }, () =>
      locateModel(opened, uri),
    );
    const local = await bring({ uri, shown, opened, located }, config, context);
    const handle = await read({ local, located, shown }, context);
    const stores = storesOf(located.layers, config.credentials);
    return { ...handle, model: { ...handle.model, stores } };
  } finally {
    await opened.close();
  }
}

interface Found {
  readonly uri: StoredModelUri;
  readonly shown: string;
  readonly opened: OpenStore;
  readonly located: LocatedModel;
}

async function bring(
  { uri, shown, opened, located }: Found,
  config: SourcesConfig,
  context: ResolveContext,
): Promise<LocalModel> {
  const { folders, api } = opened;
  const { cacheFolder, cacheLimit, download } = config;
  const local = await materialize({
    layers: located.layers,
    shown,
    folders,
    cacheFolder,
    policy: download ?? DOWNLOAD_POLICY,
    openDirect: directOpener(config, context.signal),
    openLent: lentOpener(config, context.signal),
    ...(cacheLimit === undefined ? {} : { cacheLimit }),
    ...(api === undefined ? {} : { api, references: referencesOf(uri, located, api) }),
    ...context,
  });
  if (local === undefined) throw await explainMissingFiles(uri, { opened, located, shown });
  return local;
}

interface Brought {
  readonly local: LocalModel;
  readonly located: LocatedModel;
  readonly shown: string;
}

async function read(
  { local, located, shown }: Brought,
  context: ResolveContext,
): Promise<ResolvedModelHandle> {
  try {
    const { folder, known } = local;
    const model = await readModel({
      folder,
      shown,
      origin: located.origin,
      ...(known === undefined ? {} : { known }),
      ...context,
    });
    return { model, dispose: () => local.dispose() };
  } catch (error) {
    await local.dispose();
    throw error;
  }
}
