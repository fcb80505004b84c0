import { parseImageReference, type ImageReference } from '../model/image-reference.ts';
import type { ResolvedModel } from '../model/resolved-model.ts';
import type { ImagePlan } from '../plan/image-plan.ts';

/** Characters: names of models may be longer than those of images, 255 in all. */
const MAX_SLUG = 100;

interface LocalImage {
  readonly model: Pick<ResolvedModel, 'origin' | 'digest'>;
  readonly plan: Pick<ImagePlan, 'handlerSha256' | 'templatesSha256'>;
}

/**
 * The image of a model that `run` builds: named after the model, tagged with its content, that of its handler and that of the user's
 * templates, so that what is unchanged has one image.
 */
export function localTag({ model: { origin, digest }, plan }: LocalImage): ImageReference {
  const name = origin.registeredName ?? origin.uri.split('/').findLast((part) => part !== '') ?? 'model';
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG)
    .replace(/^-+|-+$/g, '');
  const digests = [
    digest.replace('sha256:', ''),
    ...[plan.handlerSha256, plan.templatesSha256].filter((hex) => hex !== undefined),
  ];
  const tag = digests.map((hex) => hex.slice(0, 12)).join('-');
  return parseImageReference(`caisson-local/${slug === '' ? 'model' : slug}:${tag}`);
}
