import { parseImageReference, type ImageReference } from '../model/image-reference.ts';
import type { ResolvedModel } from '../model/resolved-model.ts';

/** The image of a model that `run` builds: named after the model, tagged with its content, so that an unchanged model has one image. */
export function localTag({ origin, digest }: Pick<ResolvedModel, 'origin' | 'digest'>): ImageReference {
  const name = origin.registeredName ?? origin.uri.split('/').findLast((part) => part !== '') ?? 'model';
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return parseImageReference(
    `caisson-local/${slug === '' ? 'model' : slug}:${digest.replace('sha256:', '').slice(0, 12)}`,
  );
}
