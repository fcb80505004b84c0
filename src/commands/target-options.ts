import type { BuildImageRequest } from '../actions/build/request.ts';
import { parseCacheFrom, parseCacheTo } from './grammar/build-cache.ts';
import { parsePlatforms } from './grammar/platforms.ts';
import type { OptionReader, OptionSpec } from './spec.ts';

/** Options that say what an image is built for, and which layers built elsewhere it may take. */
export const TARGET_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'platform',
    kind: 'list',
    placeholder: 'OS/ARCH',
    summary: 'build for it, such as linux/arm64; several, with commas, need --push',
  },
  {
    name: 'cache-from',
    kind: 'list',
    placeholder: 'REF',
    summary: 'image in a registry whose layers serve as a cache',
  },
  {
    name: 'cache-to',
    kind: 'value',
    placeholder: 'type=inline',
    summary: 'let the image serve as a cache once it is pushed',
  },
];

export type BuildTarget = Pick<BuildImageRequest, 'platforms' | 'cacheFrom' | 'cacheTo'>;

/** Throws USAGE, IMAGE_REFERENCE_INVALID. */
export function readBuildTarget(options: OptionReader): BuildTarget {
  return {
    platforms: parsePlatforms(options.list('platform')),
    cacheFrom: options.list('cache-from').map(parseCacheFrom),
    cacheTo: parseCacheTo(options.value('cache-to')),
  };
}
