import { withDefaultTag } from '../model/image-reference.ts';
import { buildFromContext, chooseBuilder } from './build/build-from-context.ts';
import { checkFirst, finishBuilt } from './build/finish-built.ts';
import type { BuildImageRequest, BuildImageResult } from './build/request.ts';
import { withBuildContext } from './build-context.ts';
import type { BuildPorts, Work } from './ports.ts';

/**
 * resolve → plan → render → build, and bill of materials, push and signature when asked. The engine is asked first: without one nothing is
 * downloaded. Throws what the sources and the engine throw, and BUILD_FAILED, REGISTRY_*, SIGNING_FAILED, OUTPUT_FAILED.
 */
export async function buildImage(
  request: BuildImageRequest,
  ports: BuildPorts,
  work: Work,
): Promise<BuildImageResult> {
  await checkFirst(request, ports, work);
  const engine = await ports.engine.describe();
  const builder = chooseBuilder(request.builder, engine.builders);
  const contextRequest = { ...request, image: { ...request.image, builder } };
  return withBuildContext({ request: contextRequest, ports }, work, async (prepared) => {
    const tags = request.tags(prepared).map(withDefaultTag);
    const { imageId } = await buildFromContext({ request, engine, builder, tags, prepared }, ports, work);
    const images = await finishBuilt({ request, imageId, tags }, ports, work);
    const { model, plan } = prepared;
    return { imageId, images, builder, baseImage: plan.baseImage, model };
  });
}
