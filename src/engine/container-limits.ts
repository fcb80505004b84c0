/** What a container may take of its machine, in the words of docker run. */
export interface ContainerLimits {
  /** Absent: no limit. */
  readonly memoryBytes?: number;
  /** Memory and swap together; -1: any amount of swap. Absent: twice the memory. */
  readonly memorySwapBytes?: number;
  /** Processors, in billionths of one. */
  readonly nanoCpus?: number;
  /** Which processors, such as `0-2,7`. */
  readonly cpuset?: string;
  /** Processes and threads. */
  readonly pids?: number;
  /** Of /dev/shm. */
  readonly shmBytes?: number;
  readonly ulimits?: readonly Ulimit[];
}

export interface Ulimit {
  /** Such as nofile. */
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}

/** GPUs by number (-1: all of them) or by id. */
export interface GpuRequest {
  /** Such as nvidia; absent: whichever driver the engine has. */
  readonly driver?: string;
  readonly count?: number;
  readonly deviceIds?: readonly string[];
  readonly capabilities: readonly string[];
}

export interface RestartPolicy {
  readonly name: 'no' | 'always' | 'unless-stopped' | 'on-failure';
  /** Of on-failure; absent: as often as it takes. */
  readonly maximumRetries?: number;
}
