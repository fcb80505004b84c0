import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CaissonError, throwIfAborted } from '../core/errors.ts';
import { parseModelUri, type ModelUri } from '../model/model-uri.ts';
import { folderName, readModel } from './files/read-model.ts';
import { notFound } from './not-found.ts';
import type { ModelSources, ResolveContext, ResolvedModelHandle, SourcesConfig } from './port.ts';

/** Models from folders, SQLite stores and tracking servers. Stores are loaded when a URI first needs one. */
export function createModelSources(config: SourcesConfig): ModelSources {
  return {
    parse: (text) => parse(text, config.workingFolder),
    resolve: async (uri, context) => {
      if (uri.kind === 'folder') return resolveFolder(uri.path, config, context);
      const { resolveStored } = await import('./resolve-stored.ts');
      return resolveStored(uri, config, context);
    },
  };
}

async function parse(text: string, workingFolder: string): Promise<ModelUri> {
  if (text === '' || text.includes('\0')) return parseModelUri(text);
  const found = await stat(resolve(workingFolder, text)).catch(() => undefined);
  return found === undefined ? parseModelUri(text) : { kind: 'folder', path: text };
}

async function resolveFolder(
  path: string,
  config: SourcesConfig,
  context: ResolveContext,
): Promise<ResolvedModelHandle> {
  throwIfAborted(context.signal);
  const folder = resolve(config.workingFolder, path);
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined)
    throw notFound(
      `the folder '${path}' does not exist`,
      'a model is a folder, runs:/<run-id>/<path> or models:/<name>/<version>',
    );
  if (!found.isDirectory())
    throw new CaissonError('MODEL_BROKEN', `'${path}' is a file, not the folder of a model`, {
      hint: 'name the folder that holds MLmodel',
    });
  const origin = { uri: folderName(folder) };
  const model = await readModel({ folder, shown: `the folder '${path}'`, origin, ...context });
  return { model, dispose: () => Promise.resolve() };
}
