import type { Emit } from '../core/events.ts';
import type { ModelUri } from '../model/model-uri.ts';
import type { ResolvedModel } from '../model/resolved-model.ts';
import type { AwsIdentity } from '../platform/aws-signature.ts';
import type { HostTls, Network } from '../platform/http-network.ts';
import type { StoreSettings } from './artifacts/settings.ts';
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
  /** Where registered models are looked up: flag or MLFLOW_REGISTRY_URI; absent: in the tracking store. */
  readonly registryUri?: string;
  readonly credentials: TrackingCredentials;
  /** MLFLOW_WORKSPACE: whose models a server with workspaces shows; absent: its default one. */
  readonly workspace?: string;
  /** Absent: no proxy, and the certificates that Node trusts. */
  readonly network?: Network;
  /** What MLflow's variables say about the certificates of tracking servers, and of no other host. */
  readonly serverTls?: HostTls;
  /** MLFLOW_HTTP_REQUEST_TIMEOUT: milliseconds that a tracking server may say nothing; absent: as MLflow. */
  readonly requestTimeoutMs?: number;
  readonly databricks?: DatabricksSettings;
  /** Of the stores of clouds; absent: nothing is said. */
  readonly artifactStores?: StoreSettings;
  /** The clouds that lent storage is in; absent: the real ones. For tests, whose clouds are on this machine. */
  readonly lentStores?: StoreSettings;
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
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  /** Every request is signed; without keys or a region, the first one is an error. */
  | { readonly kind: 'aws-sigv4'; readonly identity?: AwsIdentity; readonly region?: string };

/** The workspaces of Databricks that are known here. */
export interface DatabricksSettings {
  /** DATABRICKS_HOST and what belongs to it. */
  readonly environment?: DatabricksLogin;
  /** DATABRICKS_CONFIG_PROFILE: the profile when a URI names none. */
  readonly profile?: string;
  readonly profiles: ReadonlyMap<string, DatabricksLogin>;
  /** Where the profiles were read, for errors. */
  readonly configFile: string;
}

/** A host, and a token or the id and secret of a service principal. */
export interface DatabricksLogin {
  readonly host?: string;
  readonly token?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
}
