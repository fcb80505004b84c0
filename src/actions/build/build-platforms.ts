import { CaissonError } from '../../core/errors.ts';
import { withoutUndefined } from '../../core/objects.ts';
import {
  formatImageReference,
  formatRepository,
  withDefaultTag,
  type ImageReference,
} from '../../model/image-reference.ts';
import { mergeLocks } from '../../model/lock.ts';
import { formatPlatform, isSameMachine, type Platform } from '../../model/platform.ts';
import type { BuildPorts, Work } from '../ports.ts';
import { buildOne, type BuildInput, type OneImage } from './build-one.ts';
import { pushIndex, type PushedIndex, type RepositoryTags } from './push-index.ts';
import type { BuildImageRequest, BuildImageResult } from './request.ts';

/** Characters of a tag (distribution/reference). */
const MAX_TAG = 128;

/**
 * One build for each platform, then a push of all of them under an index; nothing is pushed when a build or its self-test fails. An engine
 * keeps one platform under a name, so each has names of its own until it is pushed, and the tags stay with the engine's own platform, else
 * the first.
 * Throws what builds and pushes throw.
 */
export async function buildPlatforms(
  input: BuildInput,
  ports: BuildPorts,
  work: Work,
): Promise<Pick<BuildImageResult, 'imageId' | 'images' | 'selfTest' | 'selfTests'>> {
  const { engine, request, draft } = input;
  const { platforms } = request;
  const repositories = byRepository(request.tags(draft).map(withDefaultTag));
  const stagedNames = (platform: Platform): readonly ImageReference[] =>
    repositories.map(([first]) => stagedName(first, platform));
  try {
    const built = await buildEach({ ...input, repositories, stagedNames }, ports, work);
    await keepLock(request, built, work);
    const images: PushedIndex[] = [];
    for (const [at, repository] of repositories.entries()) {
      const staged = platforms.map((platform, index) => ({
        platform,
        imageId: built[index]?.imageId ?? '',
        reference: stagedNames(platform)[at] ?? repository[0],
      }));
      images.push(...(await pushIndex({ tags: repository, staged, engine }, ports, work)));
    }
    const kept = built[keptIndex(platforms, engine.platform)];
    const selfTests = built.flatMap(({ selfTest }, index) => {
      const platform = platforms[index];
      return selfTest === undefined || platform === undefined
        ? []
        : [{ platform: formatPlatform(platform), selfTest }];
    });
    return withoutUndefined({ imageId: kept?.imageId ?? '', images, selfTest: kept?.selfTest, selfTests });
  } finally {
    for (const name of platforms.flatMap(stagedNames))
      await ports.engine.removeImage(formatImageReference(name)).catch(() => undefined);
  }
}

interface EachInput extends BuildInput {
  readonly repositories: readonly RepositoryTags[];
  readonly stagedNames: (platform: Platform) => readonly ImageReference[];
}

/** In the order of the platforms. Foreign ones are built first: they fail more often, and the base's name ends with the engine's own. */
async function buildEach(
  { repositories, stagedNames, ...input }: EachInput,
  ports: BuildPorts,
  work: Work,
): Promise<readonly OneImage[]> {
  const { engine, request } = input;
  const kept = keptIndex(request.platforms, engine.platform);
  const isOwn = (platform: Platform): number => Number(isSameMachine(engine.platform, platform));
  const order = [...request.platforms.entries()].sort(([, a], [, b]) => isOwn(a) - isOwn(b));
  const built: OneImage[] = [];
  for (const [index, platform] of order) {
    const names = [...(index === kept ? repositories.flat() : []), ...stagedNames(platform)];
    built[index] = await buildOne({ ...input, platform, names }, ports, work);
  }
  return built;
}

/** Each platform has versions of its own, which are mostly the same; one file cannot hold others. */
async function keepLock(
  { keepLock: keep, platforms }: BuildImageRequest,
  built: readonly OneImage[],
  { emit }: Work,
): Promise<void> {
  const [first, ...others] = built.map(({ lock }) => lock);
  if (keep === undefined || first === undefined) return;
  const merged = mergeLocks(first, others);
  if (merged !== undefined) return keep(merged);
  const names = platforms.map(formatPlatform).join(' and ');
  const message = `the locks for ${names} differ, and --lock can hold one: it is not written`;
  emit({ type: 'warning', message, hint: 'build them one at a time, each with a --lock of its own' });
}

function keptIndex(platforms: readonly Platform[], own: Platform): number {
  return Math.max(
    0,
    platforms.findIndex((platform) => isSameMachine(own, platform)),
  );
}

function byRepository(tags: readonly ImageReference[]): readonly RepositoryTags[] {
  const groups = new Map<string, [ImageReference, ...ImageReference[]]>();
  for (const tag of tags) {
    const group = groups.get(formatRepository(tag));
    if (group === undefined) groups.set(formatRepository(tag), [tag]);
    else group.push(tag);
  }
  return [...groups.values()];
}

/**
 * A name that is used again by the next build, because many registries take no tag away: repo:caisson-linux-arm64-1. It is no user's
 * own, and what it names is checked by digest.
 */
function stagedName({ registry, repository, tag = '' }: ImageReference, platform: Platform): ImageReference {
  const name = `caisson-${formatPlatform(platform).replaceAll('/', '-')}-${tag}`;
  return { registry, repository, tag: name.slice(0, MAX_TAG) };
}

/** Before anything is fetched. Throws USAGE when several platforms are to be built and not to be pushed. */
export function checkPlatforms({ platforms, afterBuild }: BuildImageRequest): void {
  if (platforms.length < 2 || afterBuild === 'push') return;
  const names = platforms.map(formatPlatform).join(' and ');
  throw new CaissonError(
    'USAGE',
    `an engine keeps one platform under a name, and --platform names ${names}`,
    {
      hint: 'add --push, which writes an index of them into the registry, or build them one at a time',
    },
  );
}
