import type { CachedModel, ModelCacheStore } from '../sources/cache/port.ts';
import { throwIfAborted } from '../core/errors.ts';
import { runStep } from '../core/events.ts';
import type { Work } from './ports.ts';

export interface VerifyResult {
  readonly right: readonly CachedModel[];
  /** Removed: they are downloaded again when they are needed. */
  readonly damaged: readonly CachedModel[];
}

/** Reads every model of the cache and removes those that are not what they were. Throws INTERRUPTED. */
export async function verifyCache(
  { cache }: { readonly cache: ModelCacheStore },
  { emit, signal }: Work,
): Promise<VerifyResult> {
  const models = await cache.list();
  const right: CachedModel[] = [];
  const damaged: CachedModel[] = [];
  await runStep(emit, { step: 'verify', title: 'reading the models of the cache' }, async (step) => {
    for (const [index, model] of models.entries()) {
      throwIfAborted(signal);
      const outcome = await cache.verify(model.digest, signal);
      if (outcome === 'right') right.push(model);
      if (outcome === 'damaged') damaged.push(model);
      step.progress({ done: index + 1, total: models.length, unit: 'items' });
    }
  });
  return { right, damaged };
}
