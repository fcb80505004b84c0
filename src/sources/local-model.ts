import type { Emit } from '../core/events.ts';
import type { ModelFile } from '../model/resolved-model.ts';
import type { ArtifactLocation } from './artifact-location.ts';
import type { DownloadPolicy } from './download/policy.ts';
import type { StoreFolders } from './files/local-store-path.ts';
import type { FindReference } from './server-references.ts';
import type { ServerApi } from './tracking-server/server-api.ts';
import type { OpenDirect } from './ways.ts';

export interface MaterializeRequest {
  readonly layers: readonly ArtifactLocation[];
  /** What the tracking server calls each layer; absent without one. */
  readonly references?: readonly FindReference[];
  /** How errors name the model. */
  readonly shown: string;
  readonly folders: StoreFolders;
  readonly cacheFolder: string;
  /** Bytes; see ModelCacheConfig. */
  readonly cacheLimit?: number;
  readonly policy: DownloadPolicy;
  /** Absent when the store is not a server. */
  readonly api?: ServerApi;
  readonly openDirect?: OpenDirect;
  readonly openLent?: OpenDirect;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** The model's files on this machine. */
export interface LocalModel {
  readonly folder: string;
  /** Of a model that was downloaded: what it holds, so that nobody has to read it again. */
  readonly known?: { readonly digest: string; readonly files: readonly ModelFile[] };
  /** Lets go of what was brought here; leaves alone what was here. Safe to call twice. */
  dispose(): Promise<void>;
}
