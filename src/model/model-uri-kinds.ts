import type { DatabricksAuthority } from './databricks-authority.ts';
import type { ArtifactUri } from './artifact-uri.ts';

/** Where a model is, as the user wrote it: parsed once, at the edge. Grammar: MLflow's store/artifact/utils/models.py. */
export type ModelUri =
  | { readonly kind: 'folder'; readonly path: string }
  | RunUri
  | RegisteredModelUri
  | { readonly kind: 'logged-model'; readonly modelId: string; readonly subpath: string }
  /** The place of the files itself, in no tracking store. */
  | ArtifactUri;

export interface RunUri {
  readonly kind: 'run';
  readonly runId: string;
  readonly path: string;
  /** Of `runs://profile@databricks/…`. */
  readonly databricks?: DatabricksAuthority;
}

export type RegisteredModelUri = RegisteredModel &
  (
    | { readonly kind: 'version'; readonly version: number }
    | { readonly kind: 'latest' }
    | { readonly kind: 'stage'; readonly stage: ModelStage }
    | { readonly kind: 'alias'; readonly alias: string }
  );

interface RegisteredModel {
  readonly name: string;
  /** Inside the model; empty for all of it. */
  readonly subpath: string;
  /** Of `models://profile@databricks/…`. */
  readonly databricks?: DatabricksAuthority;
}

export type ModelStage = 'None' | 'Staging' | 'Production' | 'Archived';
