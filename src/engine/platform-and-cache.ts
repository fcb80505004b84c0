import { formatImageReference, withDefaultTag } from '../model/image-reference.ts';
import { formatPlatform } from '../model/platform.ts';
import type { BuildRequest } from './port.ts';

/** What BuildKit knows without a declaration: it is in no instruction and no history. */
const INLINE_CACHE = { BUILDKIT_INLINE_CACHE: '1' };

/** The part of a build's query that says for which platform, with which arguments and with which caches it is. */
export function platformAndCacheQuery(
  request: BuildRequest,
): Readonly<Record<string, string | Readonly<Record<string, string>>>> {
  const { builder, platform, buildArgs, cacheFrom = [], cacheTo } = request;
  const isInline = cacheTo === 'inline' && builder === 'buildkit';
  const sources = cacheFrom.map((reference) => formatImageReference(withDefaultTag(reference)));
  return {
    ...(platform === undefined ? {} : { platform: formatPlatform(platform) }),
    buildargs: isInline ? { ...buildArgs, ...INLINE_CACHE } : buildArgs,
    // the API wants the list as JSON, where arrays are repeated keys elsewhere
    ...(sources.length === 0 ? {} : { cachefrom: JSON.stringify(sources) }),
  };
}
