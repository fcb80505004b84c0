/** The `profile@databricks` of a URI: whose workspace is asked (MLflow's utils/uri.py, get_databricks_profile_uri_from_artifact_uri). */
export interface DatabricksAuthority {
  /** As in a tracking URI. */
  readonly scheme: 'databricks' | 'databricks-uc';
  readonly profile?: string;
}

/** undefined for an authority that names no workspace of Databricks. */
export function parseDatabricksAuthority(authority: string): DatabricksAuthority | undefined {
  const match = /^(?:([^@:/\s]+)@)?(databricks|databricks-uc)$/.exec(authority);
  const scheme = match?.[2];
  if (scheme !== 'databricks' && scheme !== 'databricks-uc') return undefined;
  const profile = match?.[1];
  return { scheme, ...(profile === undefined ? {} : { profile }) };
}

/** As it stands in `models://profile@databricks/…`. */
export const formatDatabricksAuthority = ({ scheme, profile }: DatabricksAuthority): string =>
  profile === undefined ? scheme : `${profile}@${scheme}`;

/** As a tracking or registry URI: `databricks://profile`. */
export const databricksUri = ({ scheme, profile }: DatabricksAuthority): string =>
  profile === undefined ? scheme : `${scheme}://${profile}`;
