import { createHash } from 'node:crypto';
import { CaissonError, isCaissonError } from '../../core/errors.ts';
import { renderResolveContext } from '../../image/render-context.ts';
import { makeLock, parseLock, type Lock } from '../../model/lock.ts';
import type { Platform } from '../../model/platform.ts';
import { resolutionDigest } from '../../plan/resolution.ts';
import type { Draft } from '../build-context.ts';
import { readImageFile } from '../image-file.ts';
import type { Build } from '../build/engine-build.ts';
import type { BuildPorts } from '../ports.ts';
import { resolutionFailure } from './resolution-failure.ts';

export interface LockRequest {
  readonly draft: Draft;
  /** Of the base, whose Python resolves. */
  readonly baseImageId: string;
  readonly cache: 'use' | 'ignore';
  readonly build: Build;
  /** That the image is built for. */
  readonly platform: Platform;
}

/** Bytes; a lock of two hundred packages has half a megabyte. */
const MAX_LOCK = 32 * 1024 * 1024;
const LOCK_PATH = '/lock/requirements.lock';

/**
 * Every version that the requirements stand for: from an earlier build with the same requirements, index and base, else resolved by uv in
 * a stage on the base image. Throws RESOLUTION_FAILED, and what a build throws.
 */
export async function obtainLock(request: LockRequest, ports: BuildPorts): Promise<Lock> {
  const key = cacheKey(request);
  const kept = request.cache === 'use' ? await ports.keepsakes.read('locks', key) : undefined;
  const whole = kept === undefined ? undefined : wholeLock(kept, request.draft);
  if (whole !== undefined) return whole;
  const lock = await resolve(request, ports);
  await ports.keepsakes.write('locks', key, lock.text);
  return lock;
}

/** undefined for what a full disk or a fall of the machine left of it: then there is none. */
function wholeLock(text: string, { plan }: Draft): Lock | undefined {
  if (!text.endsWith('\n')) return undefined;
  try {
    const lock = parseLock(text, 'the kept lock');
    return lock.resolves === resolutionDigest(plan) && lock.python === plan.pythonMinor ? lock : undefined;
  } catch (error) {
    if (isCaissonError(error) && error.code === 'LOCK_BROKEN') return undefined;
    throw error;
  }
}

/** All that the answer depends on: the files of the resolving build but the CA, and where it runs. */
function cacheKey({ draft, baseImageId }: LockRequest): string {
  const { plan, model, wheels = [] } = draft;
  const { entries } = renderResolveContext(draft);
  const texts = entries
    .filter(({ path }) => path !== 'ca.crt')
    .map(({ path, content }) => [path, content.kind === 'text' ? content.text : content.size]);
  // a wheel that was built anew may have the name and the size of the old one
  const built = wheels.map(({ modified }) => modified);
  const modelDigest = plan.requiredModelPaths.length === 0 ? '' : model.digest;
  return createHash('sha256')
    .update(JSON.stringify([texts, baseImageId, modelDigest, built]))
    .digest('hex');
}

async function resolve(
  { draft, cache, build, platform }: LockRequest,
  { engine }: BuildPorts,
): Promise<Lock> {
  const { plan } = draft;
  const { imageId } = await build({
    context: renderResolveContext(draft),
    cache,
    ...{ tags: [], labels: {}, step: 'resolve', title: 'resolving the requirements' },
  }).catch((error: unknown) => {
    throw resolutionFailure(error, plan);
  });
  try {
    const text = await readImageFile(engine, imageId, { path: LOCK_PATH, maxBytes: MAX_LOCK });
    if (text === undefined)
      throw new CaissonError('RESOLUTION_FAILED', `the resolved requirements are not at '${LOCK_PATH}'`);
    return makeLock(text, {
      resolves: resolutionDigest(plan),
      python: plan.pythonMinor,
      platforms: [platform],
    });
  } finally {
    await engine.removeImage(imageId);
  }
}
