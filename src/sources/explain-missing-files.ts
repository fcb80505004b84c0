import { readdir } from 'node:fs/promises';
import { isCaissonError, type CaissonError } from '../core/errors.ts';
import { parseArtifactLocation, type ArtifactLocation } from './artifact-location.ts';
import { findStoredFolder } from './files/local-store-path.ts';
import type { LocatedModel, StoredModelUri } from './locate.ts';
import { notFound } from './not-found.ts';
import type { OpenStore } from './open-store.ts';
import { proxyQuestion } from './artifacts/mlflow-proxy.ts';
import { listServerFolder } from './artifacts/server-listing.ts';

export interface MissingFiles {
  readonly opened: OpenStore;
  readonly located: LocatedModel;
  readonly shown: string;
}

const MAX_LISTED = 12;

/** Why a model that the store knows has no files: a wrong path (what is there instead), or files that were moved away. */
export async function explainMissingFiles(uri: StoredModelUri, missing: MissingFiles): Promise<CaissonError> {
  const { opened, located, shown } = missing;
  if (uri.kind === 'run' && located.origin.modelId === undefined) return wrongRunPath(uri, opened);
  const last = located.layers.at(-1);
  const asked = storeAsked(uri, opened);
  if (last?.kind !== 'local')
    return notFound(
      `${asked} has no files of ${shown}`,
      'was the path inside the model right, and was the model logged to its end?',
    );
  return notFound(
    `the files of ${shown} are not where ${asked} says: '${last.path}'`,
    awayHint(opened, 'they'),
  );
}

/** A registered model is known to the registry, which may be another store than that of the runs. */
function storeAsked(uri: StoredModelUri, { store, registry }: OpenStore): string {
  const isRegistered = uri.kind !== 'run' && uri.kind !== 'logged-model' && uri.kind !== 'artifact';
  return (isRegistered ? registry : store).shown;
}

async function wrongRunPath(
  uri: Extract<StoredModelUri, { readonly kind: 'run' }>,
  opened: OpenStore,
): Promise<CaissonError> {
  const { store } = opened;
  const message =
    uri.path === ''
      ? `run '${uri.runId}' has no model of its own in ${store.shown}`
      : `run '${uri.runId}' has no '${uri.path}' in ${store.shown}`;
  const run = await store.findRun(uri.runId);
  // for a hint only: not every server can look for the models of a run
  const models = run === undefined ? [] : await store.loggedModelsOf(run).catch(nothingFound);
  const names = [...new Set(models.map(({ name }) => `runs:/${uri.runId}/${name}`))];
  if (names.length > 0) return notFound(message, `its models are ${names.slice(0, MAX_LISTED).join(', ')}`);
  const entries = run === undefined ? [] : await topLevel(run.artifactUri, opened);
  if (entries === undefined)
    return notFound(message, awayHint(opened, 'the run logged no artifacts, or they'));
  return notFound(
    message,
    entries.length === 0
      ? 'the run logged no model and no artifacts'
      : `the run holds ${entries
          .slice(0, MAX_LISTED)
          .map((name) => `'${name}'`)
          .join(', ')}`,
  );
}

function nothingFound(error: unknown): readonly never[] {
  if (isCaissonError(error) && error.code === 'STORE_FAILED') return [];
  throw error;
}

function awayHint({ api }: OpenStore, what: string): string {
  return api === undefined
    ? `${what} are not beside the database: copy the folder of artifacts (mlruns) there`
    : `${what} lie in a folder of the server's machine: start the server with --serve-artifacts, or run caisson there`;
}

/** Names of what a run logged, for a hint only; undefined when its folder is not on this machine. */
async function topLevel(
  artifactUri: string,
  { folders, api }: OpenStore,
): Promise<readonly string[] | undefined> {
  try {
    const location = parseArtifactLocation(artifactUri);
    if (location.kind === 'local') return await localNames(location, folders);
    if (location.kind !== 'proxied' || api === undefined) return [];
    return (await listServerFolder(api.serving(location), proxyQuestion(location.path))).map(
      ({ name }) => name,
    );
  } catch (error) {
    if (isCaissonError(error)) return [];
    throw error;
  }
}

async function localNames(
  location: Extract<ArtifactLocation, { readonly kind: 'local' }>,
  folders: OpenStore['folders'],
): Promise<readonly string[] | undefined> {
  const folder = await findStoredFolder(location.path, folders);
  if (folder === undefined) return undefined;
  return (await readdir(folder).catch(() => [])).filter((name) => !/\p{Cc}/u.test(name)).sort();
}
