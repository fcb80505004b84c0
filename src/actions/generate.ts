import { dirname } from 'node:path';
import { runStep } from '../core/events.ts';
import type { ResolvedModel } from '../model/resolved-model.ts';
import { prepareContext, requestedTemplates, withDraft, type ContextRequest } from './build-context.ts';
import type { GeneratePorts, Work } from './ports.ts';

export interface GenerateRequest extends ContextRequest {
  readonly folder: string;
}

export interface GenerateResult {
  readonly folder: string;
  /** Paths relative to the folder. */
  readonly files: readonly string[];
  readonly model: ResolvedModel;
}

/**
 * Writes the build context that build-image would send.
 * Throws what the sources throw, MODEL_BROKEN, OUTPUT_NOT_EMPTY, OUTPUT_FAILED, USAGE, INTERRUPTED.
 */
export async function generate(
  request: GenerateRequest,
  ports: GeneratePorts,
  work: Work,
): Promise<GenerateResult> {
  await ports.output.check();
  const templates = await requestedTemplates(request, ports);
  return withDraft({ request, templates, ports }, work, async (draft) => {
    const { folder, wheels = [] } = request;
    const wheelFolders = new Set(wheels.map(({ path }) => dirname(path)));
    const { model, context } = prepareContext(draft, draft.plan.lock);
    await runStep(work.emit, { step: 'write', title: `writing ${folder}` }, async (step) => {
      await ports.output.write(context, [model.folder, ...wheelFolders]);
      step.note(`${context.entries.length} files`);
    });
    return {
      folder,
      files: context.entries.map(({ path }) => path),
      model,
    };
  });
}
