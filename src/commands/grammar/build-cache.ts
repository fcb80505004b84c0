import { parseImageReference, type ImageReference } from '../../model/image-reference.ts';
import { usage } from './usage.ts';

/** `--cache-from`: a reference, or buildx' spelling of one, `type=registry,ref=REF`. Throws USAGE, IMAGE_REFERENCE_INVALID. */
export function parseCacheFrom(text: string): ImageReference {
  if (!text.includes('=')) return parseImageReference(text);
  const { type, ref, ...rest } = fieldsOf(text);
  if (type === 'registry' && ref !== undefined && Object.keys(rest).length === 0)
    return parseImageReference(ref);
  throw usage(
    `'${text}' for --cache-from is not an image`,
    'the Docker Engine API reads caches from images alone: --cache-from REF',
  );
}

/** `--cache-to`: `type=inline`, which is all that the API can do. Throws USAGE. */
export function parseCacheTo(text: string | undefined): 'inline' | 'none' {
  if (text === undefined) return 'none';
  if (text === 'type=inline' || text === 'inline') return 'inline';
  throw usage(
    `'${text}' for --cache-to cannot be had`,
    'the Docker Engine API writes a cache into the image alone: --cache-to type=inline',
  );
}

function fieldsOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text.split(',').map((field) => {
      const at = field.indexOf('=');
      return at === -1 ? [field, ''] : [field.slice(0, at), field.slice(at + 1)];
    }),
  );
}
