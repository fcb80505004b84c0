import { CaissonError } from '../core/errors.ts';
import type { MlModel } from '../model/mlmodel.ts';

/** The moment of --as-of, RFC 3339. Throws MODEL_BROKEN when it is `training` and the model does not say when it was logged. */
export function resolveAsOf(asOf: string | undefined, { createdAt }: MlModel): string | undefined {
  if (asOf !== 'training') return asOf;
  if (createdAt !== undefined) return createdAt;
  throw new CaissonError('MODEL_BROKEN', "the model does not say when it was logged ('utc_time_created')", {
    hint: 'name the day: --as-of YYYY-MM-DD',
  });
}
