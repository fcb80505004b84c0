import { formatModelUri } from '../../model/model-uri.ts';
import type { DatabricksPlace } from './databricks-uri.ts';

/** A version in a registry of Databricks, which alone gives out its files. */
export interface RegistryVersion {
  readonly name: string;
  readonly version: number;
}

/** Its address: `models://profile@databricks-uc/catalog.schema.model/3`. */
export function versionUri(
  { registry, profile }: DatabricksPlace,
  { name, version }: RegistryVersion,
): string {
  const scheme = registry === 'workspace' ? 'databricks' : 'databricks-uc';
  const databricks = { scheme, ...(profile === undefined ? {} : { profile }) } as const;
  return formatModelUri({ kind: 'version', name, version, subpath: '', databricks });
}
