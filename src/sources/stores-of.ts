import { SIGNED_SERVER, type StoreKind } from '../model/resolved-model.ts';
import type { ArtifactLocation } from './artifact-location.ts';
import type { TrackingCredentials } from './port.ts';

/** What a client of MLflow reads to get a model: the kinds of its places, each once, and whether its server wants signed requests. */
export function storesOf(
  layers: readonly ArtifactLocation[],
  { kind }: TrackingCredentials,
): readonly StoreKind[] {
  return [...new Set([...layers.map(kindOf), ...(kind === 'aws-sigv4' ? [SIGNED_SERVER] : [])])].sort();
}

function kindOf(location: ArtifactLocation): StoreKind {
  if (location.kind === 'local') return 'file';
  return location.kind === 'proxied' ? 'mlflow-artifacts' : location.scheme;
}
