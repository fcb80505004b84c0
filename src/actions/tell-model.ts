import type { ResolvedModel } from '../model/resolved-model.ts';
import type { Work } from './ports.ts';

/** Says what the name of a model stood for at this moment; nothing when the name said it all. */
export function tellModel({ origin, digest }: ResolvedModel, { emit }: Pick<Work, 'emit'>): void {
  const { uri, pinnedUri, modelId, runId } = origin;
  // a folder, or a place of files, stands for itself
  if (!/^(models|runs):/.test(uri)) return;
  const facts = [
    pinnedUri,
    modelId === undefined ? undefined : `model ${modelId}`,
    runId === undefined ? undefined : `run ${runId}`,
  ].filter((fact) => fact !== undefined && !uri.includes(fact.replace(/^\w+ /, '')));
  if (facts.length === 0) return;
  emit({ type: 'note', message: `'${uri}' is ${[...facts, digest].join(', ')}` });
}
