import type { RegistryCredentials } from '../model/registry-credentials.ts';

/** Reads docker's config.json. A file that is absent is an empty one; a broken one throws CREDENTIALS_BROKEN naming the file. */
export interface DockerConfigFile {
  /** Logins for the given registries, by the same names; registries without a login are absent. */
  credentialsFor(registries: readonly string[]): Promise<RegistryCredentials>;
  /** All logins of the file, for a build that may pull any base. */
  allCredentials(): Promise<RegistryCredentials>;
  /** Those of the given registries whose login is with a credential helper, where caisson does not look: worth a warning. */
  helpersFor(registries: readonly string[]): Promise<readonly CredentialHelper[]>;
  /**
   * proxies.<engine host> or proxies.default as variables, as docker's client sets them for builds and containers:
   * HTTP_PROXY and http_proxy and so on. The engine host is spelled as in DOCKER_HOST, such as unix:///var/run/docker.sock.
   */
  proxyVariables(engineHost: string): Promise<Readonly<Record<string, string>>>;
}

export interface CredentialHelper {
  readonly registry: string;
  /** The program is docker-credential-<helper>. */
  readonly helper: string;
}

/** Puts signatures of images into their registry. Implemented by registry/cosign.ts. */
export interface ImageSigner {
  /** Before there is anything to sign. Throws PROGRAM_MISSING. */
  check(signal: AbortSignal): Promise<void>;
  /** Throws SIGNING_FAILED with the last lines of the program, and the reason of the signal. */
  sign(request: SignatureRequest): Promise<void>;
}

export interface SignatureRequest {
  /** `repository@sha256:…`: a tag may have moved since the push. */
  readonly image: string;
  /** A file or a URI of a key store, as cosign takes it; absent: keyless. */
  readonly key?: string;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}
