import type { Descriptor, Manifest, ManifestText } from '../model/image-manifest.ts';
import type { ImageReference } from '../model/image-reference.ts';
import type { RegistryCredentials, RegistryLogin } from '../model/registry-credentials.ts';
import type { Network } from '../platform/http-network.ts';

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
/** One registry, by its HTTP API (the OCI distribution specification). Whatever it answers is bounded, checked and not trusted. */
export interface Registry {
  /**
   * Tag, or digest, to what it names; undefined when the registry has nothing of the name. Throws REGISTRY_DENIED and REGISTRY_FAILED, as every method.
   */
  resolve(reference: ImageReference): Promise<Descriptor | undefined>;
  /** The same with its text, checked against its digest. */
  readManifest(reference: ImageReference): Promise<RemoteManifest | undefined>;
  /** Writes a manifest under the tag, or the digest, of the reference. */
  writeManifest(reference: ImageReference, manifest: ManifestText): Promise<Descriptor>;
  /** A small blob such as the config of an image, checked against its digest; at most 4 MiB. */
  readBlob(reference: ImageReference, descriptor: Descriptor): Promise<Uint8Array>;
  /** Takes a tag away, and never what it names. Many registries do not do that, or not by this API: `refused`. */
  removeTag(reference: ImageReference): Promise<'removed' | 'refused'>;
}

export interface RemoteManifest extends Descriptor, ManifestText {
  readonly manifest: Manifest;
}

export interface RegistryAccess {
  /** As in ImageReference. */
  readonly registry: string;
  readonly login: RegistryLogin | undefined;
  /** The registries that the engine reaches without TLS: hosts with their ports, and ranges of addresses such as 10.0.0.0/8. */
  readonly insecureRegistries: readonly string[];
  readonly signal: AbortSignal;
  /** Absent: no proxy. */
  readonly network?: Network;
}

/** Nothing is sent before the first method is called. */
export type OpenRegistry = (access: RegistryAccess) => Promise<Registry>;
