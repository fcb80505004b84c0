import { CaissonError } from '../core/errors.ts';
import { runStep } from '../core/events.ts';
import { withoutUndefined } from '../core/objects.ts';
import type { BuildRequest, BuiltImage, EngineDescription } from '../engine/port.ts';
import { formatImageReference, withDefaultTag, type ImageReference } from '../model/image-reference.ts';
import type { ResolvedModel } from '../model/resolved-model.ts';
import type { Builder } from '../plan/image-plan.ts';
import { prepareBase, type PullPolicy } from './base-image.ts';
import { withBuildContext, type ContextRequest, type PreparedContext } from './build-context.ts';
import type { BuildPorts, Work } from './ports.ts';
import { push, type PushedImage } from './push.ts';

export interface BuildImageRequest extends Omit<ContextRequest, 'image'> {
  readonly image: Omit<ContextRequest['image'], 'builder'>;
  readonly builder: Builder | 'auto';
  /** May depend on the model: `run` names an image after what is in it. */
  readonly tags: (model: ResolvedModel) => readonly ImageReference[];
  /** The user's; the proxies of docker's config.json are added to them. */
  readonly buildArgs: BuildRequest['buildArgs'];
  readonly networkMode?: string;
  readonly cache: BuildRequest['cache'];
  readonly pullBase: PullPolicy;
  readonly afterBuild: 'keep' | 'push';
}

export interface BuildImageResult {
  readonly imageId: string;
  readonly images: readonly (PushedImage | { readonly reference: string })[];
  readonly builder: Builder;
  readonly baseImage: string;
  readonly model: ResolvedModel;
}

/**
 * resolve → plan → render → build, and push when asked. The engine is asked first: without one nothing is downloaded.
 * Throws what the sources and the engine throw, and BUILD_FAILED, REGISTRY_*.
 */
export async function buildImage(
  request: BuildImageRequest,
  ports: BuildPorts,
  work: Work,
): Promise<BuildImageResult> {
  const engine = await ports.engine.describe();
  const builder = chooseBuilder(request.builder, engine.builders);
  const contextRequest = { ...request, image: { ...request.image, builder } };
  return withBuildContext({ request: contextRequest, ports }, work, async (prepared) => {
    const tags = request.tags(prepared.model).map(withDefaultTag);
    const { imageId } = await build({ request, engine, builder, tags, prepared }, ports, work);
    const { model, plan } = prepared;
    const images =
      request.afterBuild === 'push'
        ? await pushBuilt(tags, ports, work)
        : tags.map((tag) => ({ reference: formatImageReference(tag) }));
    return { imageId, images, builder, baseImage: plan.baseImage, model };
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

interface BuildInput {
  readonly request: BuildImageRequest;
  readonly engine: EngineDescription;
  readonly builder: Builder;
  readonly tags: readonly ImageReference[];
  readonly prepared: PreparedContext;
}

async function build(
  { request, engine, builder, tags, prepared }: BuildInput,
  ports: BuildPorts,
  work: Work,
): Promise<BuiltImage> {
  const { context, plan } = prepared;
  const { networkMode, cache, pullBase } = request;
  const labels = await prepareBase({ baseImage: plan.baseImage, pull: pullBase }, ports, work);
  const credentials = await ports.dockerConfig.allCredentials();
  const proxies = await ports.dockerConfig.proxyVariables(engine.address);
  const buildArgs = { ...withoutNames(proxies, request.image.buildArgNames), ...request.buildArgs };
  const title = `building ${tags.map(formatImageReference).join(', ')}`;
  return runStep(work.emit, { step: 'build', title }, (step) =>
    ports.engine.build(
      withoutUndefined({
        ...{ builder, context, tags, buildArgs, labels, networkMode, cache, credentials },
      }),
      { step, signal: work.signal },
    ),
  );
}

/** A proxy that the user names, even without a value, is left to the user. */
function withoutNames(
  variables: Readonly<Record<string, string>>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !names.includes(name)));
}

function chooseBuilder(wanted: Builder | 'auto', available: readonly Builder[]): Builder {
  const [best] = available;
  if (wanted === 'auto' && best !== undefined) return best;
  if (wanted !== 'auto' && available.includes(wanted)) return wanted;
  throw new CaissonError('ENGINE_FAILED', `the container engine has no builder '${wanted}'`, {
    hint: available.length === 0 ? undefined : `it has ${available.join(' and ')}`,
  });
}
