import { CaissonError } from '../../core/errors.ts';

/** A workspace of Databricks, and which of its two registries is meant. */
export interface DatabricksPlace {
  readonly registry: 'workspace' | 'unity-catalog';
  /** Of ~/.databrickscfg; absent: the environment's, else DEFAULT. */
  readonly profile?: string;
  /** As written: `databricks://prod`. */
  readonly shown: string;
}

const URI = /^(databricks|databricks-uc)(?::\/\/([^/]*)\/?)?$/;

/** `databricks`, `databricks-uc`, both with `://profile`; undefined for another URI. Throws STORE_FAILED for one that is malformed. */
export function parseDatabricksUri(text: string): DatabricksPlace | undefined {
  if (!/^databricks(-uc)?(:|$)/.test(text)) return undefined;
  const [, scheme, profile] = URI.exec(text) ?? [];
  if (scheme === undefined || profile === '') throw malformed(text);
  if (profile !== undefined && /[:\s]/.test(profile)) throw secretScope(text);
  return {
    registry: scheme === 'databricks' ? 'workspace' : 'unity-catalog',
    ...(profile === undefined ? {} : { profile }),
    shown: text,
  };
}

/** The registry that belongs to a tracking store of Databricks when none is named: Unity Catalog, since MLflow 3. */
export function defaultRegistryOf({ profile }: DatabricksPlace): DatabricksPlace {
  return {
    registry: 'unity-catalog',
    ...(profile === undefined ? {} : { profile }),
    shown: profile === undefined ? 'databricks-uc' : `databricks-uc://${profile}`,
  };
}

function malformed(text: string): CaissonError {
  return new CaissonError('STORE_FAILED', `'${text}' names no workspace of Databricks`, {
    hint: 'write databricks or databricks://PROFILE, with a profile of ~/.databrickscfg',
  });
}

function secretScope(text: string): CaissonError {
  return new CaissonError('STORE_FAILED', `'${text}' names a secret scope, which only Databricks can open`, {
    hint: 'write databricks://PROFILE, with a profile of ~/.databrickscfg',
  });
}
