import { CaissonError } from '../core/errors.ts';
import type { ModelUri, RegisteredModelUri } from '../model/model-uri.ts';
import { nearest } from './near-names.ts';
import type { RegisteredModelRecord, RegistryStore, RunStore } from './tracking-store.ts';

/** The errors for what a store does not have: each says what it has instead. */

const MAX_LISTED = 12;

export function unknownRun(store: RunStore, runId: string): CaissonError {
  return notFound(
    `run '${runId}' does not exist in ${store.shown}`,
    'check the run id, and that --tracking-uri names the store that the run was logged to',
  );
}

export async function unknownLoggedModel(
  { store, registry }: { readonly store: RunStore; readonly registry: RegistryStore },
  modelId: string,
): Promise<CaissonError> {
  const registered = await registry.findRegisteredModel(modelId);
  const hint =
    registered === undefined
      ? `models:/${modelId} names a model id; a registered model is written models:/<name>/<version>`
      : `'${modelId}' is a registered model: write models:/${modelId}/${newest(registered)}`;
  return notFound(`model id '${modelId}' does not exist in ${store.shown}`, hint);
}

export async function unknownVersion(
  store: RegistryStore,
  name: string,
  version: number,
): Promise<CaissonError> {
  const model = await store.findRegisteredModel(name);
  if (model === undefined) return unknownName(store, name);
  const versions = await store.listVersions(name);
  return notFound(
    `model version '${name}/${version}' does not exist in ${store.shown}`,
    versions.length === 0
      ? `'${name}' has no versions`
      : `versions of '${name}' are ${listed(versions.slice(-MAX_LISTED))}`,
  );
}

interface Unresolved<U extends RegisteredModelUri> {
  readonly uri: U;
  readonly model: RegisteredModelRecord | undefined;
}

export async function unknownAlias(
  store: RegistryStore,
  { uri, model }: Unresolved<Extract<ModelUri, { readonly kind: 'alias' }>>,
): Promise<CaissonError> {
  if (model === undefined) return unknownName(store, uri.name);
  const aliases = model.aliases
    .slice(0, MAX_LISTED)
    .map(({ alias, version }) => `${alias} (version ${version})`);
  return notFound(
    `model '${uri.name}' has no alias '${uri.alias}' in ${store.shown}`,
    aliases.length === 0 ? `'${uri.name}' has no aliases` : `aliases of '${uri.name}' are ${listed(aliases)}`,
  );
}

export async function unknownStage(
  store: RegistryStore,
  { uri, model }: Unresolved<Extract<ModelUri, { readonly kind: 'stage' | 'latest' }>>,
): Promise<CaissonError> {
  if (model === undefined) return unknownName(store, uri.name);
  if (uri.kind === 'latest' || model.latest.length === 0)
    return notFound(
      `model '${uri.name}' has no versions in ${store.shown}`,
      'register a version of it first',
    );
  const stages = model.latest.map(({ stage, version }) => `${stage} (version ${version})`);
  return notFound(
    `model '${uri.name}' has no version in stage '${uri.stage}' in ${store.shown}`,
    `its stages are ${listed(stages)}`,
  );
}

async function unknownName(store: RegistryStore, name: string): Promise<CaissonError> {
  const names = await store.listRegisteredModels();
  const near = nearest(name, names).map((candidate) => `'${candidate}'`);
  const others = names.slice(0, MAX_LISTED).map((candidate) => `'${candidate}'`);
  return notFound(
    `registered model '${name}' does not exist in ${store.shown}`,
    near.length > 0
      ? `did you mean ${near.join(' or ')}?`
      : others.length > 0
        ? `registered models are ${listed(others)}${names.length > others.length ? ', …' : ''}`
        : 'the store has no registered models',
  );
}

export function notFound(message: string, hint: string): CaissonError {
  return new CaissonError('MODEL_NOT_FOUND', message, { hint });
}

const listed = (items: readonly (string | number)[]): string => items.join(', ');

const newest = (model: RegisteredModelRecord): string =>
  model.latest.length === 0 ? '<version>' : String(Math.max(...model.latest.map(({ version }) => version)));
