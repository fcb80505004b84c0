import type { ContainerSpec, PortBinding } from '../../engine/port.ts';
import type { Platform } from '../../model/platform.ts';
import type { BuildImageRequest } from '../build/request.ts';
import type { BuildPorts, PushPorts } from '../ports.ts';
import type { ImageWanted } from './obtain-image.ts';
import type { TrackingInput } from './tracking-environment.ts';

export interface RunRequest {
  readonly target: RunImage | RunModel;
  readonly container: ContainerRequest;
}

interface RunImage {
  readonly kind: 'image';
  readonly image: ImageWanted;
}

/** A model is built first; its image gets the tag that `build.tags` gives it. */
interface RunModel {
  readonly kind: 'model';
  readonly build: BuildImageRequest;
}

/** What goes to the engine as it was asked. */
type Confinement = Pick<
  ContainerSpec,
  | 'name'
  | 'user'
  | 'entrypoint'
  | 'networkMode'
  | 'rootFileSystem'
  | 'tmpfs'
  | 'capAdd'
  | 'capDrop'
  | 'securityOptions'
  | 'limits'
  | 'gpus'
  | 'restart'
>;

export interface ContainerRequest {
  readonly confinement: Confinement;
  readonly labels: Readonly<Record<string, string>>;
  readonly extraHosts: readonly string[];
  /** As asked; absent: that of the image. */
  readonly platform?: Platform;
  /** Empty: 127.0.0.1:5001 alone. */
  readonly ports: readonly PortBinding[];
  readonly env: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly mode: 'foreground' | 'detached';
  /** Whether the engine removes a detached container when it ends by itself. */
  readonly atEnd: 'keep' | 'remove';
  /** What caisson does with a container that it stopped or that failed. */
  readonly afterStop: 'keep' | 'remove';
  /** Milliseconds. */
  readonly readyTimeoutMs: number;
  /** The host's own tracking configuration, for containers that load their model. */
  readonly tracking: Omit<TrackingInput, 'given'>;
}

/** Said once, when the container serves. */
export interface Served {
  /** Absent when the port that the server listens on is not published. */
  readonly url?: string;
  readonly containerId: string;
  readonly containerName: string;
  readonly image: string;
  readonly loadSeconds?: number;
}

export interface RunPorts extends PushPorts {
  /** Asked only for a model. */
  readonly buildPorts: () => Promise<BuildPorts>;
  readonly announce: (served: Served) => void;
}
