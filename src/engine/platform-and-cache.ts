import { formatImageReference, withDefaultTag } from '../model/image-reference.ts';
import { formatPlatform } from '../model/platform.ts';
import type { BuildRequest } from './port.ts';

/** What BuildKit knows without a declaration: it is in no instruction and no history. */
const INLINE_CACHE = { BUILDKIT_INLINE_CACHE: '1' };
const epoch = (seconds: number): Readonly<Record<string, string>> => ({ SOURCE_DATE_EPOCH: String(seconds) });

/** The part of a build's query that says for which platform, with which arguments and with which caches it is. */
export function platformAndCacheQuery(
  request: BuildRequest,
): Readonly<Record<string, string | Readonly<Record<string, string>>>> {
  const { platform, cacheFrom = [] } = request;
  const sources = cacheFrom.map((reference) => formatImageReference(withDefaultTag(reference)));
  return {
    ...(platform === undefined ? {} : { platform: formatPlatform(platform) }),
    buildargs: buildArgsOf(request),
    // the API wants the list as JSON, where arrays are repeated keys elsewhere
    ...(sources.length === 0 ? {} : { cachefrom: JSON.stringify(sources) }),
  };
}

/** The user's win, but for the cache, which has an option of its own. */
function buildArgsOf({
  builder,
  buildArgs,
  cacheTo,
  sourceDateEpoch,
}: BuildRequest): Readonly<Record<string, string>> {
  if (builder === 'classic') return buildArgs;
  return {
    ...(sourceDateEpoch === undefined ? {} : epoch(sourceDateEpoch)),
    ...buildArgs,
    ...(cacheTo === 'inline' ? INLINE_CACHE : {}),
  };
}
