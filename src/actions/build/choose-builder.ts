import { CaissonError } from '../../core/errors.ts';
import type { Builder } from '../../plan/image-plan.ts';

/** Throws ENGINE_FAILED for a builder that the engine does not have. */
export function chooseBuilder(wanted: Builder | 'auto', available: readonly Builder[]): Builder {
  const [best] = available;
  if (wanted === 'auto' && best !== undefined) return best;
  if (wanted !== 'auto' && available.includes(wanted)) return wanted;
  throw new CaissonError('ENGINE_FAILED', `the container engine has no builder '${wanted}'`, {
    hint: available.length === 0 ? undefined : `it has ${available.join(' and ')}`,
  });
}
