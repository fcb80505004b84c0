import { formatImageReference, withDefaultTag } from '../model/image-reference.ts';
import { prepareBase } from './base-image.ts';
import { chooseBuilder } from './build/choose-builder.ts';
import { engineBuild } from './build/engine-build.ts';
import { checkFirst, finishBuilt } from './build/finish-built.ts';
import type { BuildImageRequest, BuildImageResult } from './build/request.ts';
import { prepareContext, withDraft } from './build-context.ts';
import { obtainLock } from './lock/obtain-lock.ts';
import type { BuildPorts, Work } from './ports.ts';

/**
 * resolve → plan → lock → render → build, and bill of materials, push and signature when asked. The engine is asked first: without one nothing is downloaded.
 * Throws what the sources and the engine throw, and BUILD_FAILED, REGISTRY_*, SIGNING_FAILED, OUTPUT_FAILED.
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
  const build = await engineBuild({ request, engine, builder }, ports, work);
  return withDraft({ request: contextRequest, ports }, work, async (draft) => {
    const { cache, pullBase: pull } = request;
    const base = await prepareBase({ baseImage: draft.plan.baseImage, pull }, ports, work);
    const resolving = request.resolution === 'anew' ? 'ignore' : cache;
    const lock =
      draft.plan.lock ??
      (await obtainLock({ draft, baseImageId: base.imageId, cache: resolving, build }, ports));
    await request.keepLock?.(lock);
    const { model, plan, context } = prepareContext(draft, lock);
    const tags = request.tags({ model, plan }).map(withDefaultTag);
    const title = `building ${tags.map(formatImageReference).join(', ')}`;
    const { imageId } = await build({ context, tags, labels: base.labels, step: 'build', title });
    const images = await finishBuilt({ request, imageId, tags }, ports, work);
    return { imageId, images, builder, baseImage: plan.baseImage, model };
  });
}
