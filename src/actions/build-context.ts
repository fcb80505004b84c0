import { CaissonError, throwIfAborted } from '../core/errors.ts';
import { withoutUndefined } from '../core/objects.ts';
import type { BuildContext } from '../image/build-context.ts';
import { renderContext } from '../image/render-context.ts';
import type { ResolvedModel } from '../model/resolved-model.ts';
import { planImage, type ImagePlan, type ImageRequest } from '../plan/image-plan.ts';
import type { ContextPorts, Work } from './ports.ts';

export interface ContextRequest {
  /** As the user wrote it; parsed by the sources, because an existing path wins over every scheme. */
  readonly model: string;
  readonly image: ImageRequest;
  /** PEM text; present exactly when image.certificateAuthority is in-context. */
  readonly certificateAuthority?: string;
  /** Python source; present exactly when image.handlerSha256 is. */
  readonly handler?: string;
  /** Text of a requirements.lock to install from; absent: the packages are resolved anew. */
  readonly lock?: string;
  /** `sha256:<hex>`: what the model must be. */
  readonly modelDigest?: string;
}

export interface PreparedContext {
  readonly model: ResolvedModel;
  readonly plan: ImagePlan;
  readonly context: BuildContext;
}

/**
 * resolve → plan → render: the part of the line that generate and build-image share. The context may stream files of the model, so it
 * is good only while `use` runs; downloads are let go afterwards, whatever happened.
 */
export async function withBuildContext<T>(
  { request, ports }: { readonly request: ContextRequest; readonly ports: ContextPorts },
  work: Work,
  use: (prepared: PreparedContext) => Promise<T>,
): Promise<T> {
  const uri = await ports.sources.parse(request.model);
  const handle = await ports.sources.resolve(uri, work);
  try {
    throwIfAborted(work.signal);
    const { model } = handle;
    requireDigest(model, request.modelDigest);
    const plan = planImage(model, request.image);
    for (const message of plan.warnings) work.emit({ type: 'warning', message });
    const { certificateAuthority, handler } = request;
    const templates = await ports.loadTemplates();
    const context = renderContext(
      withoutUndefined({ plan, model, templates, certificateAuthority, handler }),
    );
    return await use({ model, plan, context });
  } finally {
    await handle.dispose();
  }
}

function requireDigest({ origin, digest }: ResolvedModel, wanted: string | undefined): void {
  if (wanted === undefined || digest === wanted) return;
  throw new CaissonError(
    'MODEL_CHANGED',
    `the model '${origin.uri}' has the digest ${digest} and not ${wanted} as when the image was built`,
  );
}
