import type { Emit } from '../core/events.ts';
import type { ModelUri } from '../model/model-uri.ts';
import type { ResolvedModel } from '../model/resolved-model.ts';
import type { DownloadPolicy } from './download/policy.ts';

/** Where models come from. Implemented by sources/index.ts for every kind of ModelUri. */
export interface ModelSources {
  /** Parses what the user typed: an existing local path wins over every scheme, as in MLflow. Throws MODEL_URI_INVALID, MODEL_SCHEME_UNSUPPORTED. */
  parse(text: string): Promise<ModelUri>;
  /**
   * Finds the model, brings its files to this machine and reads them.
   * Throws MODEL_NOT_FOUND, MODEL_BROKEN, STORE_UNREACHABLE, STORE_DENIED, STORE_FAILED, DOWNLOAD_FAILED, INTERRUPTED.
   */
  resolve(uri: ModelUri, context: ResolveContext): Promise<ResolvedModelHandle>;
}

export interface ResolveContext {
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** A resolved model and the duty to let go of what was downloaded for it. */
export interface ResolvedModelHandle {
  readonly model: ResolvedModel;
  /** Removes temporary files; safe to call twice. */
  readonly dispose: () => Promise<void>;
}

/** What sources read of the configuration: MLflow's own variables, already resolved against flags. */
export interface SourcesConfig {
  /** Flag or MLFLOW_TRACKING_URI; absent: MLflow's default for the working folder. */
  readonly trackingUri?: string;
  readonly credentials: TrackingCredentials;
  readonly workingFolder: string;
  /** Private folder for downloads and database snapshots; made when needed. */
  readonly cacheFolder: string;
  /** Bytes of downloaded models to keep; absent: 20 GB. */
  readonly cacheLimit?: number;
  /** How files are fetched; absent: as DOWNLOAD_POLICY says. */
  readonly download?: DownloadPolicy;
}

export type TrackingCredentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string };
