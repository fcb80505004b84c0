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
import { buildSetting, engineBuild, type Build } from './engine-build.ts';
import { keptBuild, keyOfBuild, type BuildParts } from './kept-build.ts';
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
export async function buildOne(input: OneBuild, ports: BuildPorts, work: Work): Promise<OneImage> {
  const { request, engine, draft, platform, names, keepLock } = input;
  const { cache, pullBase: pull } = request;
  const target = platform ?? engine.platform;
  if (platform !== undefined) noteEmulation({ engine, platform }, work);
  const setting = await buildSetting(input, ports);
  const build = engineBuild({ ...input, setting }, ports, work);
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
  const tags = request.tags(prepared).map(withDefaultTag);
  const ofPlatform = platform === undefined ? '' : ` for ${formatPlatform(platform)}`;
  const parts = { request, setting, engine, base, platform: target, draft, prepared };
  const imageId = await builtOrKept({ parts, build, tags, names, ofPlatform }, ports, work);
  const name = `${tags.map(formatImageReference)[0] ?? imageId}${ofPlatform}`;
  // without a name it is removed again
  const afterFailure = isNamed(tags, names) ? 'stays' : 'goes';
  const selfTest = await testBuilt({ request, engine, prepared, imageId, name, afterFailure }, ports, work);
  return { imageId, tags, lock, selfTest };
}

interface BuildStep {
  readonly parts: BuildParts;
  readonly build: Build;
  readonly tags: readonly ImageReference[];
  readonly names: OneBuild['names'];
  readonly ofPlatform: string;
}

/** An image of several platforms has names for a while only, and is built each time. */
async function builtOrKept(
  { parts, build, tags, names, ofPlatform }: BuildStep,
  ports: BuildPorts,
  work: Work,
): Promise<string> {
  const { request, setting, base, prepared } = parts;
  const key = names === undefined ? keyOfBuild(parts) : undefined;
  const kept = key === undefined ? undefined : await keptBuild({ key, tags }, ports, work);
  if (kept !== undefined) return kept;
  const { cacheFrom, cacheTo } = request;
  if (setting.builder === 'classic') await pullCaches(cacheFrom, ports, work);
  const { imageId } = await build({
    ...{ context: prepared.context, tags: names ?? tags, labels: base.labels, step: 'build' },
    title: `building ${tags.map(formatImageReference).join(', ')}${ofPlatform}`,
    caches: { cacheFrom, ...(cacheTo === 'inline' ? { cacheTo } : {}) },
  });
  if (key !== undefined) await ports.keepsakes.write('builds', key, imageId);
  return imageId;
}

/** Whether it is left with one of the user's own names. */
const isNamed = (tags: readonly ImageReference[], names = tags): boolean =>
  names.some((each) => tags.map(formatImageReference).includes(formatImageReference(each)));
