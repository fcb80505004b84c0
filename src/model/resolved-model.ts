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
  /** What was asked for it, each once, sorted. Absent: a folder of this machine. */
  readonly stores?: readonly StoreKind[];
}

/** The scheme of a place of files (`file` for a folder of some machine), `models` for a registry that gives them out, or SIGNED_SERVER. */
export type StoreKind = string;

/** A tracking server that wants its requests signed as AWS does. */
export const SIGNED_SERVER = 'aws-sigv4';

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
