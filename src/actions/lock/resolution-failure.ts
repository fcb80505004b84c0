import { CaissonError, isCaissonError } from '../../core/errors.ts';
import type { ImagePlan } from '../../plan/image-plan.ts';

/** uv says this of every file when an index does not tell when it was uploaded. */
const NO_UPLOAD_TIMES = 'missing an upload date';
/** The step that resolves, and not one that prepares it. */
const RESOLVES = 'uv pip compile';
const NO_SOLUTION = /no solution found|requirements are unsatisfiable|was not found in the package registry/i;

/** A build that failed because of what the model asks for, told as that; every other failure stays what it is. */
export function resolutionFailure(error: unknown, { asOf }: Pick<ImagePlan, 'asOf'>): unknown {
  if (!isCaissonError(error) || error.code !== 'BUILD_FAILED') return error;
  const detail = error.detail ?? '';
  if (!detail.includes(RESOLVES)) return error;
  if (asOf !== undefined && detail.includes(NO_UPLOAD_TIMES))
    return new CaissonError(
      'RESOLUTION_FAILED',
      'the package index does not tell when packages were uploaded, which --as-of needs',
      {
        hint: 'name an index that does, such as pypi.org, with --index-url, or leave --as-of out',
        detail,
        cause: error,
      },
    );
  if (!NO_SOLUTION.test(detail)) return error;
  return new CaissonError('RESOLUTION_FAILED', 'no set of versions satisfies the requirements of the model', {
    hint:
      asOf === undefined ? SUGGEST_AS_OF : 'packages that were uploaded later are not seen; try a later day',
    detail: detail.slice(detail.indexOf('\n') + 1).trim(),
    cause: error,
  });
}

const SUGGEST_AS_OF =
  'when it worked in its time, resolve as the index stood then: --as-of training, or --as-of YYYY-MM-DD';
