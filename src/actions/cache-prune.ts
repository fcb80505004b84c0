import type { CachedModel, ModelCacheStore } from '../sources/cache/port.ts';
import type { Keepsake, Keepsakes } from '../platform/keepsakes.ts';
import { throwIfAborted } from '../core/errors.ts';
import { runStep } from '../core/events.ts';
import type { Work } from './ports.ts';

/** Which models go: those that any of the rules names. */
export interface PruneRules {
  /** `all`: every model, whatever the other rules say. */
  readonly scope: 'all' | 'by-rules';
  /** Milliseconds since the last use. */
  readonly unusedForMs?: number;
  /** Bytes that may stay: the least recently used go first. */
  readonly keepBytes?: number;
}

export interface PruneRequest extends PruneRules {
  readonly mode: 'remove' | 'dry-run';
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface PruneResult {
  /** What went, or would go. */
  readonly removed: readonly CachedModel[];
  /** What the rules name and a running caisson uses. */
  readonly inUse: readonly CachedModel[];
}

/** Removes models from the cache, and what processes that died left there. Throws CACHE_FAILED, INTERRUPTED. */
export async function pruneCache(
  request: PruneRequest,
  { cache }: { readonly cache: ModelCacheStore },
  { emit, signal }: Work,
): Promise<PruneResult> {
  const chosen = modelsToPrune(await cache.list(), request);
  if (request.mode === 'dry-run') return byUse(chosen);
  const removed: CachedModel[] = [];
  const inUse: CachedModel[] = [];
  await runStep(emit, { step: 'prune', title: 'removing models from the cache' }, async (step) => {
    for (const model of chosen) {
      throwIfAborted(signal);
      const outcome = await cache.remove(model.digest);
      if (outcome === 'removed') removed.push(model);
      if (outcome === 'in-use') inUse.push(model);
      step.progress({ done: removed.length + inUse.length, total: chosen.length, unit: 'items' });
    }
    await cache.sweep();
  });
  return { removed, inUse };
}

/** @param models the least recently used first */
export function modelsToPrune(
  models: readonly CachedModel[],
  { scope, unusedForMs, keepBytes, now }: PruneRules & Pick<PruneRequest, 'now'>,
): readonly CachedModel[] {
  if (scope === 'all') return models;
  let bytes = models.reduce((sum, model) => sum + model.bytes, 0);
  return models.filter((model) => {
    const isOld = unusedForMs !== undefined && now - model.lastUsed >= unusedForMs;
    const isTooMuch = keepBytes !== undefined && bytes > keepBytes && model.use === 'free';
    if (isOld || isTooMuch) bytes -= model.bytes;
    return isOld || isTooMuch;
  });
}

const byUse = (models: readonly CachedModel[]): PruneResult => ({
  removed: models.filter(({ use }) => use === 'free'),
  inUse: models.filter(({ use }) => use === 'in-use'),
});

const REMEMBERED_MS = 90 * 86_400_000;

/** Forgets what is remembered of builds that nobody made for 90 days, or of all; gives what went, or would go. */
export async function pruneKeepsakes(
  { scope, mode, now }: Pick<PruneRequest, 'scope' | 'mode' | 'now'>,
  { keepsakes }: { readonly keepsakes: Keepsakes },
): Promise<readonly Keepsake[]> {
  const listed = await keepsakes.list();
  const chosen = listed.filter(({ lastUsed }) => scope === 'all' || now - lastUsed >= REMEMBERED_MS);
  if (mode === 'remove') await Promise.all(chosen.map(({ kind, key }) => keepsakes.remove(kind, key)));
  return chosen;
}
