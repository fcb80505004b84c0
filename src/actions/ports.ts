import type { Emit } from '../core/events.ts';
import type { Engine } from '../engine/port.ts';
import type { BuildContext } from '../image/build-context.ts';
import type { TemplateSet } from '../image/template-set.ts';
import type { Keepsakes } from '../platform/keepsakes.ts';
import type { DockerConfigFile, ImageSigner, OpenRegistry } from '../registry/port.ts';
import type { ModelSources } from '../sources/port.ts';

/** How an action is heard and stopped. */
export interface Work {
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** What the pure part of the line needs: a model and the templates. */
export interface ContextPorts {
  readonly sources: ModelSources;
  readonly loadTemplates: () => Promise<TemplateSet>;
}

export interface GeneratePorts extends ContextPorts {
  readonly output: OutputFolder;
}

/** The folder that `generate` and `templates eject` write. */
export interface OutputFolder {
  /** Before anything is fetched. Throws OUTPUT_NOT_EMPTY, USAGE. */
  readonly check: () => Promise<void>;
  /** Throws USAGE too when the folder and one of those that the content comes from lie in each other. */
  readonly write: (context: BuildContext, sources: readonly string[]) => Promise<void>;
}

/** A file that a command writes beside its answer. */
export interface OutputFile {
  /** As the user named it. */
  readonly path: string;
  /** Before anything is fetched or built. Throws OUTPUT_FAILED. */
  readonly check: () => Promise<void>;
  /** Whole or not at all; replaces what is there. Throws OUTPUT_FAILED. */
  readonly write: (text: string) => Promise<void>;
}

export interface PushPorts {
  readonly engine: Engine;
  readonly dockerConfig: DockerConfigFile;
}

export interface BuildPorts extends ContextPorts, PushPorts {
  readonly signer: ImageSigner;
  readonly keepsakes: Keepsakes;
  readonly openRegistry: OpenRegistry;
}
