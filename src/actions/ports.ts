import type { Emit } from '../core/events.ts';
import type { Engine } from '../engine/port.ts';
import type { BuildContext } from '../image/build-context.ts';
import type { TemplateSet } from '../image/render-context.ts';
import type { DockerConfigFile } from '../registry/port.ts';
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
  readonly writeContext: (folder: string, context: BuildContext) => Promise<void>;
}

export interface PushPorts {
  readonly engine: Engine;
  readonly dockerConfig: DockerConfigFile;
}

export interface BuildPorts extends ContextPorts, PushPorts {}
