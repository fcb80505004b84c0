import { withoutUndefined } from '../core/objects.ts';
import type { ResolvedModel } from '../model/resolved-model.ts';

/** What a model is, in the answer of every command that resolves one: what was asked for, and what that stood for. */
export function modelAnswer({
  origin,
  digest,
}: Pick<ResolvedModel, 'origin' | 'digest'>): Readonly<Record<string, unknown>> {
  const { uri, pinnedUri, registeredName: name, registeredVersion: version, modelId, runId } = origin;
  return withoutUndefined({ uri, pinnedUri, name, version, modelId, runId, digest });
}
