import { CaissonError, isCaissonError } from '../core/errors.ts';

/**
 * What a failed pull means to the user: which image, and that it is not here. A refused login keeps its own hint, because registries say
 * that of images which do not exist, too.
 */
export function pullFailure(
  error: unknown,
  { what, hint }: { readonly what: string; readonly hint: string },
): unknown {
  if (!isCaissonError(error)) return error;
  const { code, detail } = error;
  if (code !== 'IMAGE_NOT_FOUND' && code !== 'REGISTRY_FAILED' && code !== 'REGISTRY_DENIED') return error;
  return new CaissonError(code, `${what} is not in the engine and cannot be pulled: ${error.message}`, {
    hint: code === 'REGISTRY_DENIED' ? error.hint : hint,
    detail,
    cause: error,
  });
}
