import type { EngineDescription } from '../../engine/port.ts';
import { formatImageReference, withDefaultTag, type ImageReference } from '../../model/image-reference.ts';
import type { Lock } from '../../model/lock.ts';
import { formatPlatform, type Platform } from '../../model/platform.ts';
import type { Builder } from '../../plan/image-plan.ts';
import { prepareBase } from '../base-image.ts';
import { prepareContext, type Draft } from '../build-context.ts';
import { noteEmulation } from '../emulation.ts';
import { obtainLock } from '../lock/obtain-lock.ts';
import { tellLimits } from '../lock/tell-limits.ts';
import type { BuildPorts, Work } from '../ports.ts';
import { engineBuild } from './engine-build.ts';
import { testBuilt } from './test-built.ts';
import type { SelfTestResult } from '../self-test/request.ts';
import { pullCaches } from './pull-caches.ts';
import type { BuildImageRequest } from './request.ts';

export interface BuildInput {
  readonly request: BuildImageRequest;
  readonly engine: EngineDescription;
  readonly builder: Builder;
  readonly draft: Draft;
}

export interface OneBuild extends BuildInput {
  /** Absent: the engine's own. */
  readonly platform: Platform | undefined;
  /** Names of the image, when they are not the tags. */
  readonly names?: readonly ImageReference[];
  readonly keepLock?: BuildImageRequest['keepLock'] | undefined;
}

export interface OneImage {
  readonly imageId: string;
  readonly tags: readonly ImageReference[];
  readonly lock: Lock;
  /** Absent when the request leaves it out. */
  readonly selfTest?: SelfTestResult | undefined;
}

/** base → lock → render → build → self-test, for one platform. Throws as Engine.build does, what the base and the lock throw, and SELF_TEST_FAILED. */
export async function buildOne(
  { request, engine, builder, draft, platform, names, keepLock }: OneBuild,
  ports: BuildPorts,
  work: Work,
): Promise<OneImage> {
  const { cache, pullBase: pull, cacheFrom } = request;
  const target = platform ?? engine.platform;
  if (platform !== undefined) noteEmulation({ engine, platform }, work);
  const build = await engineBuild({ request, engine, builder, platform }, ports, work);
  const wanted = { baseImage: draft.plan.baseImage, pull, platform, enginePlatform: engine.platform };
  const base = await prepareBase(wanted, ports, work);
  const resolving = request.resolution === 'anew' ? 'ignore' : cache;
  const lock =
    draft.plan.lock ??
    (await obtainLock(
      { draft, baseImageId: base.imageId, cache: resolving, build, platform: target },
      ports,
    ));
  tellLimits({ lock, platform: target }, work);
  await keepLock?.(lock);
  const prepared = prepareContext(draft, lock);
  const { context } = prepared;
  const tags = request.tags(prepared).map(withDefaultTag);
  if (builder === 'classic') await pullCaches(cacheFrom, ports, work);
  const ofPlatform = platform === undefined ? '' : ` for ${formatPlatform(platform)}`;
  const { imageId } = await build({
    ...{ context, tags: names ?? tags, labels: base.labels, step: 'build' },
    title: `building ${tags.map(formatImageReference).join(', ')}${ofPlatform}`,
    caches: { cacheFrom, ...(request.cacheTo === 'inline' ? { cacheTo: request.cacheTo } : {}) },
  });
  const name = `${tags.map(formatImageReference)[0] ?? imageId}${ofPlatform}`;
  // without a name it is removed again
  const afterFailure = isNamed(tags, names) ? 'stays' : 'goes';
  const selfTest = await testBuilt({ request, engine, prepared, imageId, name, afterFailure }, ports, work);
  return { imageId, tags, lock, selfTest };
}

/** Whether it is left with one of the user's own names. */
const isNamed = (tags: readonly ImageReference[], names = tags): boolean =>
  names.some((each) => tags.map(formatImageReference).includes(formatImageReference(each)));
