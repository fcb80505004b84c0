import type { OwnTemplates, TemplateSet } from '../image/template-set.ts';
import type { OutputFolder } from '../actions/ports.ts';
import type { Emit } from '../core/events.ts';
import type { Engine } from '../engine/port.ts';
import type { Keepsakes } from '../platform/keepsakes.ts';
import type { DockerConfigFile, ImageSigner, OpenRegistry } from '../registry/port.ts';
import type { ModelCacheStore } from '../sources/cache/port.ts';
import type { ModelSources, TrackingCredentials } from '../sources/port.ts';

/** What a command gets from the program besides its options. Adapters are made when first asked for. */
export interface Services {
  readonly version: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly workingFolder: string;
  /** A variable of the caller's environment, for `-e NAME` and `--build-arg NAME`. */
  readonly lookup: Lookup;
  /** PIP_CERT, else SSL_CERT_FILE, with the name of the variable. */
  readonly hostCertificate: HostCertificate | undefined;
  /** The whole text of a file named by the user. Throws FILE_NOT_READABLE. */
  readonly readTextFile: (path: string) => Promise<string>;
  /** The same, or undefined when there is no such file. */
  readonly readFileIfThere: (path: string) => Promise<string | undefined>;
  /** Writes a file that the user named, whole or not at all. Throws OUTPUT_FAILED. */
  readonly writeTextFile: (path: string, text: string) => Promise<void>;
  /** Whether that is likely to succeed, before there is anything to write. Throws OUTPUT_FAILED. */
  readonly checkOutputFile: (path: string) => Promise<void>;
  /** A regular file named by the user; of a larger one than `limit` bytes the first limit + 1. Throws FILE_NOT_READABLE. */
  readonly readSmallFile: (path: string, limit: number) => Promise<Uint8Array>;
  /** The wanted files in a folder named by the user, by what `isWanted` says of their names. Throws FILE_NOT_READABLE. */
  readonly listFolder: (
    folder: string,
    isWanted: (name: string) => boolean,
  ) => Promise<readonly FolderFile[]>;
  /** SSH_AUTH_SOCK: the socket of the caller's ssh agent. */
  readonly sshAgentSocket: string | undefined;
  readonly isSocket: (path: string) => Promise<boolean>;
  /** Values that are not to be shown from now on, in no message and no log. */
  readonly hide: (...secrets: readonly string[]) => void;
  /** Whether the path is a folder that holds an MLmodel file. */
  readonly isModelFolder: (path: string) => Promise<boolean>;
  readonly sources: (tracking: Tracking) => Promise<ModelSources>;
  /** Where models are looked up and with which login, from the flag, MLflow's variables and its credentials file. */
  readonly tracking: (flags: StoreFlags) => Promise<Tracking>;
  readonly engine: () => Promise<Engine>;
  readonly dockerConfig: () => Promise<DockerConfigFile>;
  readonly signer: () => Promise<ImageSigner>;
  readonly openRegistry: OpenRegistry;
  /** Downloaded models that are kept. */
  readonly modelCache: () => Promise<ModelCacheStore>;
  /** Bytes of them that may stay. */
  readonly cacheLimit: number;
  /** What caisson remembers between runs. */
  readonly keepsakes: () => Promise<Keepsakes>;
  readonly loadTemplates: () => Promise<TemplateSet>;
  /** Text of the templates in a folder named by the user, by name. Throws USAGE, FILE_NOT_READABLE. */
  readonly readTemplates: (folder: string) => Promise<OwnTemplates['files']>;
  /** Where `generate` and `templates eject` write; a relative folder is below the working folder. */
  readonly outputFolder: (folder: string, existing: 'refuse' | 'replace') => OutputFolder;
  /** `sha256:<hex>` of a file of this machine. */
  readonly digestFile: (path: string, signal: AbortSignal) => Promise<string>;
  /** Prints the answer of the command: called exactly once. */
  readonly answer: (answer: Answer) => void;
}

export type Lookup = (name: string) => string | undefined;

export interface HostCertificate {
  readonly path: string;
  readonly variable: string;
}

/** --tracking-uri and --registry-uri. */
export interface StoreFlags {
  readonly trackingUri: string | undefined;
  readonly registryUri: string | undefined;
}

export interface Tracking {
  readonly uri?: string;
  /** Where registered models are looked up, when that is said apart. */
  readonly registryUri?: string;
  readonly credentials: TrackingCredentials;
}

interface FolderFile {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** The answer in both forms: lines for people and pipes, one object for --output json. */
export interface Answer {
  readonly lines: readonly string[];
  readonly json: Readonly<Record<string, unknown>>;
}
