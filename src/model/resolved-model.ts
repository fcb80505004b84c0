import type { MlModel } from './mlmodel.ts';
import type { PythonEnvironment } from './python-environment.ts';

/** A model whose files lie on this machine, with everything that the plan needs to know about it. */
export interface ResolvedModel {
  readonly origin: ModelOrigin;
  /** Absolute path of the folder that holds MLmodel. */
  readonly folder: string;
  /** Every file below the folder, sorted by path (code-unit order). */
  readonly files: readonly ModelFile[];
  /** `sha256:<hex>` over the sorted paths, sizes and contents: equal trees have equal digests, wherever they came from. */
  readonly digest: string;
  readonly mlmodel: MlModel;
  readonly environment: PythonEnvironment;
}

export interface ModelFile {
  /** Relative to the model's folder, with forward slashes. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** Where the model came from, fit to be shown and recorded: no user information, no path of this host. */
export interface ModelOrigin {
  /** The URI as given, canonical and without user information; for a folder, its name alone. */
  readonly uri: string;
  /** What an alias, stage or `latest` stood for: `models:/name/3`; absent when the URI was exact. */
  readonly pinnedUri?: string;
  readonly runId?: string;
  readonly modelId?: string;
  readonly registeredName?: string;
  readonly registeredVersion?: number;
}
