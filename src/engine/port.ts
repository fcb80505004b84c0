import type { Step } from '../core/events.ts';
import type { BuildContext } from '../image/build-context.ts';
import type { ImageReference } from '../model/image-reference.ts';
import type { Platform } from '../model/platform.ts';
import type { RegistryCredentials } from '../model/registry-credentials.ts';
import type { Builder } from '../plan/image-plan.ts';
import type { ContainerLimits, GpuRequest, RestartPolicy } from './container-limits.ts';

/** A container engine that speaks the Docker Engine API. Implemented in engine/docker-engine.ts; fake in test/support. */
export interface Engine {
  /** Throws ENGINE_UNREACHABLE. */
  describe(): Promise<EngineDescription>;
  /**
   * Builds, returns the image id. Throws BUILD_FAILED (step, command, last 20 lines), IMAGE_NOT_FOUND (base), PLATFORM_NOT_RUNNABLE,
   * ENGINE_FAILED, INTERRUPTED.
   */
  build(request: BuildRequest, work: WorkContext): Promise<BuiltImage>;
  /** undefined when the engine does not have the image. */
  inspectImage(reference: string): Promise<ImageDescription | undefined>;
  /** Throws IMAGE_NOT_FOUND, REGISTRY_DENIED, ENGINE_FAILED. */
  pull(request: TransferRequest, work: WorkContext): Promise<void>;
  /** Returns the digest of the pushed manifest. Throws REGISTRY_DENIED, REGISTRY_FAILED, IMAGE_NOT_FOUND. */
  push(request: TransferRequest, work: WorkContext): Promise<{ readonly digest: string }>;
  /** Creates and starts; a container that cannot start is removed. Throws PORT_IN_USE, NAME_IN_USE, IMAGE_NOT_FOUND, ENGINE_FAILED. */
  start(spec: ContainerSpec): Promise<RunningContainer>;
  /**
   * Text files of an image, which is not run, by their path below the one that was asked for; of a single file that is ''. What is not there,
   * or larger than allowed, is left out. Throws IMAGE_NOT_FOUND, and IMAGE_TOO_LARGE for a folder with too much of it.
   */
  readImageFiles(image: string, files: FilesInImage): Promise<ReadonlyMap<string, string>>;
  /**
   * Of an id its names and what no other image needs; of a reference that name, and the image when it was the last. Does nothing when it is
   * gone, or while a container uses it.
   */
  removeImage(image: string): Promise<void>;
}

export interface FilesInImage {
  /** Of a file or a folder; absolute. */
  readonly path: string;
  /** Of each. */
  readonly maxBytes: number;
  /** Which of a folder, by their path below it; absent: the path is that of a file. */
  readonly only?: RegExp;
}

export interface WorkContext {
  readonly step: Step;
  readonly signal: AbortSignal;
}

export interface EngineDescription {
  readonly version: string;
  readonly apiVersion: string;
  /** As docker writes it, such as unix:///var/run/docker.sock: the key of the proxies that are meant for this engine. */
  readonly address: string;
  /** The builders it has, best first. */
  readonly builders: readonly Builder[];
  /** Its own; whether it can run others by emulation is not told. */
  readonly platform: Platform;
  /** Registries that it reaches without TLS: hosts, and ranges of addresses such as 127.0.0.0/8. */
  readonly insecureRegistries: readonly string[];
  /** Host name under which published ports are reached from here: 127.0.0.1, or the remote engine's host. */
  readonly publishedHost: string;
}

export interface BuildRequest {
  readonly builder: Builder;
  readonly context: BuildContext;
  readonly tags: readonly ImageReference[];
  /** The user's and the proxies'; values may be secret and go nowhere but to the engine. */
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Labels that are known only with an engine, such as the digest of the base. */
  readonly labels: Readonly<Record<string, string>>;
  readonly networkMode?: string;
  /** Seconds since 1970: the time of the files of the context, 0 when absent; a BuildKit that knows it sets its own times by it. */
  readonly sourceDateEpoch?: number;
  readonly cache: 'use' | 'ignore';
  /** Absent: the engine's own. */
  readonly platform?: Platform;
  /** Images whose layers serve as a cache: BuildKit fetches them, the classic builder uses those that the engine holds. */
  readonly cacheFrom?: readonly ImageReference[];
  /** `inline`: the image can serve as a cache elsewhere. Every image of the classic builder can. */
  readonly cacheTo?: 'inline';
  readonly credentials: RegistryCredentials;
  /** By the id under which RUN steps mount them, at most 500 kB each. BuildKit only. */
  readonly secrets?: Readonly<Record<string, Uint8Array>>;
  /** Path of the socket of the ssh agent that RUN steps mount as `default`; they may list keys and sign. BuildKit only. */
  readonly sshSocket?: string;
}

export interface BuiltImage {
  readonly imageId: string;
}

export interface ImageDescription {
  readonly imageId: string;
  readonly repoDigests: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly platform: Platform;
  /** Bytes. */
  readonly size: number;
  /** `sha256:<hex>` of each layer's content, the base's first: equal layers have equal ones, however they were built. */
  readonly layers: readonly string[];
  /** Such as `5001/tcp`. */
  readonly exposedPorts: readonly string[];
  /** As USER of its Dockerfile; empty: root. */
  readonly user: string;
}

export interface TransferRequest {
  readonly reference: ImageReference;
  /** Of a pull, when the registry has the image for several. Absent: the engine's own. */
  readonly platform?: Platform;
  readonly credentials: RegistryCredentials;
}

export interface ContainerSpec {
  readonly image: string;
  /** Absent: what the engine holds under the name. */
  readonly platform?: Platform;
  readonly name?: string;
  /** Absent: the image's own. */
  readonly user?: string;
  /** In the place of the image's own, whose command is then left out, too. */
  readonly entrypoint?: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly ports: readonly PortBinding[];
  /** Docker's `-v` syntax, already validated: source:target[:mode]. */
  readonly volumes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** `remove`: the engine removes the container when it ends, even when caisson is gone. */
  readonly atEnd: 'keep' | 'remove';
  /** Such as host.docker.internal:host-gateway. */
  readonly extraHosts: readonly string[];
  /** As `docker run --network`, such as none; absent: the engine's default. */
  readonly networkMode?: string;
  /** Absent: writable. */
  readonly rootFileSystem?: 'writable' | 'read-only';
  /** Mount options by absolute path, such as `rw,size=64m`. */
  readonly tmpfs?: Readonly<Record<string, string>>;
  readonly capAdd?: readonly string[];
  /** Capabilities to take away; ALL is all of them. */
  readonly capDrop?: readonly string[];
  /** As `docker run --security-opt`. */
  readonly securityOptions?: readonly string[];
  readonly limits?: ContainerLimits;
  readonly gpus?: GpuRequest;
  readonly restart?: RestartPolicy;
}

export interface PortBinding {
  /** Empty: all addresses. */
  readonly hostAddress: string;
  /** 0: any free port. */
  readonly hostPort: number;
  /** The engine takes a free port from hostPort to this one. */
  readonly lastHostPort?: number;
  readonly containerPort: number;
  readonly protocol: Protocol;
}

export type Protocol = 'tcp' | 'udp' | 'sctp';

export interface RunningContainer {
  readonly id: string;
  readonly name: string;
  /** Ports as the engine published them. */
  readonly ports: readonly PortBinding[];
  /**
   * Lines from the start of the log, then as they come, until the container ends or the signal aborts. To be read
   * soon: a container whose first reader is slow waits for it, as with `docker run`. One reader sees every line.
   */
  logs(signal: AbortSignal): AsyncIterable<LogLine>;
  /** Resolves when the container has ended. */
  wait(): Promise<{ readonly exitCode: number; readonly outOfMemory: boolean }>;
  /** SIGTERM, then SIGKILL after the grace time in seconds. Does nothing to an ended container. */
  stop(graceSeconds: number): Promise<void>;
  /** Forced; does nothing when it is gone. */
  remove(): Promise<void>;
  /** A file out of the container, at most maxBytes; undefined when there is none or it is larger. */
  readFile(path: string, maxBytes: number): Promise<string | undefined>;
  /**
   * Runs a command beside what runs already, as the same user, and resolves when it has ended; with the container, it ends too. Throws
   * ENGINE_FAILED when there is nothing to run it in, else the reason of the signal, which ends the waiting and not the command.
   */
  exec(command: ExecCommand, signal: AbortSignal): Promise<ExecResult>;
}

export interface ExecCommand {
  readonly argv: readonly string[];
  /** The whole of its stdin. Secrets belong here and not into argv. */
  readonly stdin: string;
}

export interface ExecResult {
  readonly exitCode: number;
  /** At most 1 MiB of each; what is more is dropped. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  readonly line: string;
}

/** How the engine is found: flags and environment, resolved by cli/config. */
export interface EngineConfig {
  /** DOCKER_HOST; absent: the current docker context, else the default sockets. */
  readonly host?: string;
  readonly dockerContext?: string;
  readonly tlsVerify: 'on' | 'off';
  readonly certPath?: string;
  /** Folder of docker's config.json and contexts: DOCKER_CONFIG or ~/.docker. */
  readonly dockerConfigFolder: string;
  readonly homeFolder: string;
  /** XDG_RUNTIME_DIR: a rootless engine has its socket there. */
  readonly runtimeFolder?: string;
}
