import { withoutUndefined } from '../core/objects.ts';
import { buildOne } from './build/build-one.ts';
import { buildPlatforms, checkPlatforms } from './build/build-platforms.ts';
import { chooseBuilder } from './build/choose-builder.ts';
import { checkFirst, finishBuilt, signBuilt } from './build/finish-built.ts';
import type { BuildImageRequest, BuildImageResult } from './build/request.ts';
import { requestedTemplates, withDraft } from './build-context.ts';
import type { BuildPorts, Work } from './ports.ts';

/**
 * resolve → plan → lock → render → build → self-test, and bill of materials, push and signature when asked. The engine is asked first: without one nothing is
 * downloaded.
 * Throws what the sources and the engine throw, and USAGE, BUILD_FAILED, PLATFORM_NOT_RUNNABLE, SELF_TEST_FAILED, REGISTRY_*,
 * SIGNING_FAILED, OUTPUT_FAILED.
 */
export async function buildImage(
  request: BuildImageRequest,
  ports: BuildPorts,
  work: Work,
): Promise<BuildImageResult> {
  checkPlatforms(request);
  await checkFirst(request, ports, work);
  const [engine, templates] = await Promise.all([
    ports.engine.describe(),
    requestedTemplates(request, ports),
  ]);
  const builder = chooseBuilder(request.builder, engine.builders);
  const contextRequest = { ...request, image: { ...request.image, builder } };
  return withDraft({ request: contextRequest, templates, ports }, work, async (draft) => {
    const build = { request, engine, builder, draft };
    const facts = { builder, baseImage: draft.plan.baseImage, model: draft.model };
    const [platform, second] = request.platforms;
    if (second !== undefined) {
      const built = await buildPlatforms(build, ports, work);
      await signBuilt({ request, images: built.images }, ports, work);
      return { ...built, ...facts };
    }
    const one = { ...build, platform, keepLock: request.keepLock };
    const { imageId, tags, selfTest } = await buildOne(one, ports, work);
    const images = await finishBuilt({ request, imageId, tags }, ports, work);
    return withoutUndefined({ imageId, images, selfTest, ...facts });
  });
}
