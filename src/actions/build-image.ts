import { withoutUndefined } from '../core/objects.ts';
import { formatImageReference, type ImageReference } from '../model/image-reference.ts';
import { buildOne } from './build/build-one.ts';
import { buildPlatforms, checkPlatforms } from './build/build-platforms.ts';
import { chooseBuilder } from './build/choose-builder.ts';
import type { BuildImageRequest, BuildImageResult } from './build/request.ts';
import { withDraft } from './build-context.ts';
import type { BuildPorts, Work } from './ports.ts';
import { push, type PushedImage } from './push.ts';

/**
 * resolve → plan → lock → render → build → self-test, and push when asked. The engine is asked first: without one nothing is downloaded.
 * Throws what the sources and the engine throw, and USAGE, BUILD_FAILED, PLATFORM_NOT_RUNNABLE, SELF_TEST_FAILED, REGISTRY_*.
 */
export async function buildImage(
  request: BuildImageRequest,
  ports: BuildPorts,
  work: Work,
): Promise<BuildImageResult> {
  checkPlatforms(request);
  const engine = await ports.engine.describe();
  const builder = chooseBuilder(request.builder, engine.builders);
  const contextRequest = { ...request, image: { ...request.image, builder } };
  return withDraft({ request: contextRequest, ports }, work, async (draft) => {
    const build = { request, engine, builder, draft };
    const facts = { builder, baseImage: draft.plan.baseImage, model: draft.model };
    const [platform, second] = request.platforms;
    if (second !== undefined) return { ...(await buildPlatforms(build, ports, work)), ...facts };
    const one = { ...build, platform, keepLock: request.keepLock };
    const { imageId, tags, selfTest } = await buildOne(one, ports, work);
    const images =
      request.afterBuild === 'push'
        ? await pushBuilt(tags, ports, work)
        : tags.map((tag) => ({ reference: formatImageReference(tag) }));
    return withoutUndefined({ imageId, images, selfTest, ...facts });
  });
}

/** A push that fails leaves the user with an image that is worth knowing of. */
async function pushBuilt(
  tags: readonly ImageReference[],
  ports: BuildPorts,
  work: Work,
): Promise<readonly PushedImage[]> {
  try {
    return await push(tags, ports, work);
  } catch (error) {
    const names = tags.map(formatImageReference).join(' ');
    if (!work.signal.aborted) {
      const message = 'the image is built and tagged, but not everything was pushed';
      work.emit({ type: 'warning', message, hint: `push again with: caisson push ${names}` });
    }
    throw error;
  }
}
