import { formatImageReference, withDefaultTag, type ImageReference } from '../model/image-reference.ts';
import { prepareBase } from './base-image.ts';
import { chooseBuilder } from './build/choose-builder.ts';
import { engineBuild } from './build/engine-build.ts';
import type { BuildImageRequest, BuildImageResult } from './build/request.ts';
import { testBuilt } from './build/test-built.ts';
import { prepareContext, withDraft } from './build-context.ts';
import { obtainLock } from './lock/obtain-lock.ts';
import type { BuildPorts, Work } from './ports.ts';
import { push, type PushedImage } from './push.ts';

/**
 * resolve → plan → lock → render → build → self-test, and push when asked. The engine is asked first: without one nothing is downloaded.
 * Throws what the sources and the engine throw, and BUILD_FAILED, SELF_TEST_FAILED, REGISTRY_*.
 */
export async function buildImage(
  request: BuildImageRequest,
  ports: BuildPorts,
  work: Work,
): Promise<BuildImageResult> {
  const engine = await ports.engine.describe();
  const builder = chooseBuilder(request.builder, engine.builders);
  const contextRequest = { ...request, image: { ...request.image, builder } };
  const build = await engineBuild({ request, engine, builder }, ports, work);
  return withDraft({ request: contextRequest, ports }, work, async (draft) => {
    const { cache, pullBase: pull } = request;
    const base = await prepareBase({ baseImage: draft.plan.baseImage, pull }, ports, work);
    const lock =
      draft.plan.lock ?? (await obtainLock({ draft, baseImageId: base.imageId, cache, build }, ports));
    await request.keepLock?.(lock);
    const prepared = prepareContext(draft, lock);
    const { model, plan, context } = prepared;
    const tags = request.tags(prepared).map(withDefaultTag);
    const title = `building ${tags.map(formatImageReference).join(', ')}`;
    const { imageId } = await build({ context, tags, labels: base.labels, step: 'build', title });
    const name = tags.map(formatImageReference)[0] ?? imageId;
    const selfTest = await testBuilt({ request, engine, prepared, imageId, name }, ports, work);
    const images =
      request.afterBuild === 'push'
        ? await pushBuilt(tags, ports, work)
        : tags.map((tag) => ({ reference: formatImageReference(tag) }));
    const result = { imageId, images, builder, baseImage: plan.baseImage, model };
    return { ...result, ...(selfTest === undefined ? {} : { selfTest }) };
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
