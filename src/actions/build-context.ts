import { CaissonError, throwIfAborted } from '../core/errors.ts';
import { withoutUndefined } from '../core/objects.ts';
import type { BuildContext } from '../image/build-context.ts';
import { checkWheels } from '../image/check-wheels.ts';
import { readyTemplates, type ReadyTemplates } from '../image/ready-templates.ts';
import type { OwnTemplates } from '../image/template-set.ts';
import { renderContext, type ContextInput } from '../image/render-context.ts';
import type { Lock } from '../model/lock.ts';
import type { ResolvedModel } from '../model/resolved-model.ts';
import { planBuildSecrets } from '../plan/build-secrets.ts';
import { planImage, type ImagePlan, type ImageRequest } from '../plan/image-plan.ts';
import type { ContextPorts, Work } from './ports.ts';
import { tellModel } from './tell-model.ts';

export interface ContextRequest {
  /** As the user wrote it; parsed by the sources, because an existing path wins over every scheme. */
  readonly model: string;
  readonly image: ImageRequest;
  /** PEM text; present exactly when image.certificateAuthority is in-context. */
  readonly certificateAuthority?: string;
  /** Python source; present exactly when image.handlerSha256 is. */
  readonly handler?: string;
  /** `sha256:<hex>`: what the model must be. */
  readonly modelDigest?: string;
  /** Present exactly when image.templatesSha256 is. */
  readonly ownTemplates?: OwnTemplates;
  /** Present exactly when image.wheelhouse is. */
  readonly wheels?: ContextInput['wheels'];
}

/** A plan, perhaps still without a lock, and all that its context is made of. */
export interface Draft extends ContextInput {
  readonly image: ImageRequest;
}

export interface PreparedContext {
  readonly model: ResolvedModel;
  readonly plan: ImagePlan;
  readonly context: BuildContext;
}

interface DraftInput {
  readonly request: ContextRequest;
  readonly templates: ReadyTemplates;
  readonly ports: Pick<ContextPorts, 'sources'>;
}

/** They come first: with broken ones nothing is downloaded. Throws as readyTemplates does. */
export async function requestedTemplates(
  { ownTemplates }: Pick<ContextRequest, 'ownTemplates'>,
  { loadTemplates }: Pick<ContextPorts, 'loadTemplates'>,
): Promise<ReadyTemplates> {
  return readyTemplates(await loadTemplates(), ownTemplates);
}

/**
 * resolve → plan: the part of the line that every command begins with. The context of a draft may stream files of the model, so it is good
 * only while `use` runs; downloads are let go afterwards, whatever happened.
 */
export async function withDraft<T>(
  { request, templates, ports }: DraftInput,
  work: Work,
  use: (draft: Draft) => Promise<T>,
): Promise<T> {
  // before anything is downloaded
  planBuildSecrets(request.image);
  const uri = await ports.sources.parse(request.model);
  const handle = await ports.sources.resolve(uri, work);
  try {
    throwIfAborted(work.signal);
    const { model } = handle;
    requireDigest(model, request.modelDigest);
    tellModel(model, work);
    const { image, certificateAuthority, handler, wheels } = request;
    const plan = planImage(model, image);
    checkWheels({ plan, templates });
    for (const message of plan.notes) work.emit({ type: 'note', message });
    for (const message of plan.warnings) work.emit({ type: 'warning', message });
    return await use(
      withoutUndefined({ model, image, plan, templates, certificateAuthority, handler, wheels }),
    );
  } finally {
    await handle.dispose();
  }
}

/** → render. Without a lock the build resolves the requirements itself. Pure. Throws what planImage and renderContext throw. */
export function prepareContext(draft: Draft, lock: Lock | undefined): PreparedContext {
  const { model, image } = draft;
  const plan = lock === undefined ? draft.plan : planImage(model, { ...image, lock });
  return { model, plan, context: renderContext({ ...draft, plan }) };
}

function requireDigest({ origin, digest }: ResolvedModel, wanted: string | undefined): void {
  if (wanted === undefined || digest === wanted) return;
  throw new CaissonError(
    'MODEL_CHANGED',
    `the model '${origin.uri}' has the digest ${digest} and not ${wanted} as when the image was built`,
  );
}
