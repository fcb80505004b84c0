/** Where a model is, as the user wrote it: parsed once, at the edge. Grammar: MLflow's store/artifact/utils/models.py. */
export type ModelUri =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'run'; readonly runId: string; readonly path: string }
  | RegisteredModelUri
  | { readonly kind: 'logged-model'; readonly modelId: string; readonly subpath: string };

export type RegisteredModelUri =
  | { readonly kind: 'version'; readonly name: string; readonly version: number; readonly subpath: string }
  | { readonly kind: 'latest'; readonly name: string; readonly subpath: string }
  | { readonly kind: 'stage'; readonly name: string; readonly stage: ModelStage; readonly subpath: string }
  | { readonly kind: 'alias'; readonly name: string; readonly alias: string; readonly subpath: string };

export type ModelStage = 'None' | 'Staging' | 'Production' | 'Archived';
