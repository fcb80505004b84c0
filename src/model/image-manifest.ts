import { withoutUndefined } from '../core/objects.ts';
import { normalPlatform, type Platform } from './platform.ts';

/** A piece of an image in a registry (OCI image-spec, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:<hex>` */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

interface PlatformDescriptor extends Descriptor {
  /** Absent for what is no image, such as the attestations that BuildKit adds. */
  readonly platform?: Platform;
}

/** A document that a tag or digest of a registry names: one image, or an index of several. */
export type Manifest =
  | { readonly kind: 'image'; readonly config: Descriptor; readonly layers: readonly Descriptor[] }
  | { readonly kind: 'index'; readonly manifests: readonly PlatformDescriptor[] };

/** A manifest as it is sent. */
export interface ManifestText {
  readonly mediaType: string;
  readonly text: string;
}

const OCI = {
  image: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
} as const;
const DOCKER = {
  image: 'application/vnd.docker.distribution.manifest.v2+json',
  index: 'application/vnd.docker.distribution.manifest.list.v2+json',
} as const;

/** What caisson can read. */
export const MANIFEST_TYPES: readonly string[] = [OCI.index, OCI.image, DOCKER.index, DOCKER.image];

/** undefined for what is none of the known kinds or not as the specification wants it: the text came from a server. */
export function parseManifest({ mediaType, text }: ManifestText): Manifest | undefined {
  const root = parseJson(text);
  if (mediaType === OCI.image || mediaType === DOCKER.image) {
    const config = descriptorOf(root['config']);
    const layers = all(root['layers'], descriptorOf);
    return config === undefined || layers === undefined ? undefined : { kind: 'image', config, layers };
  }
  if (mediaType !== OCI.index && mediaType !== DOCKER.index) return undefined;
  const manifests = all(root['manifests'], platformDescriptorOf);
  return manifests === undefined ? undefined : { kind: 'index', manifests };
}

/**
 * The index of images for several platforms. It is Docker's manifest list when all of them are Docker's, because some old clients know no
 * other, else OCI's index.
 */
export function imageIndex(
  manifests: readonly (Descriptor & { readonly platform: Platform })[],
): ManifestText {
  const isDocker = manifests.every(({ mediaType }) => mediaType === DOCKER.image);
  const mediaType = isDocker ? DOCKER.index : OCI.index;
  const entries = manifests.map(({ mediaType: type, digest, size, platform }) => {
    const { os, architecture, variant } = platform;
    const platformEntry = withoutUndefined({ architecture, os, variant });
    return { mediaType: type, digest, size, platform: platformEntry };
  });
  return { mediaType, text: JSON.stringify({ schemaVersion: 2, mediaType, manifests: entries }, null, 2) };
}

type Json = Readonly<Record<string, unknown>>;

function parseJson(text: string): Json {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return {};
  }
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

/** Every element, or undefined when one of them is not what it should be. */
function all<T>(value: unknown, read: (element: unknown) => T | undefined): readonly T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const elements = value.flatMap((element) => read(element) ?? []);
  return elements.length === value.length ? elements : undefined;
}

function descriptorOf(value: unknown): Descriptor | undefined {
  const { mediaType, digest, size } = objectOf(value);
  if (typeof mediaType !== 'string' || typeof digest !== 'string' || typeof size !== 'number')
    return undefined;
  const isUsable = /^sha256:[a-f0-9]{64}$/.test(digest) && Number.isSafeInteger(size) && size >= 0;
  return isUsable ? { mediaType, digest, size } : undefined;
}

function platformDescriptorOf(value: unknown): PlatformDescriptor | undefined {
  const descriptor = descriptorOf(value);
  const { os, architecture, variant } = objectOf(objectOf(value)['platform']);
  const isPlatform = typeof os === 'string' && typeof architecture === 'string' && os !== 'unknown';
  if (descriptor === undefined || !isPlatform) return descriptor;
  const given = { os, architecture, variant: typeof variant === 'string' ? variant : undefined };
  return { ...descriptor, platform: normalPlatform(withoutUndefined(given)) };
}
