import { CaissonError, isCaissonError } from '../../core/errors.ts';
import { runStep } from '../../core/events.ts';
import type { EngineDescription } from '../../engine/port.ts';
import { imageIndex, type Descriptor } from '../../model/image-manifest.ts';
import { formatImageReference, type ImageReference } from '../../model/image-reference.ts';
import { formatPlatform, isFor, type Platform } from '../../model/platform.ts';
import type { Registry, RemoteManifest } from '../../registry/port.ts';
import type { BuildPorts, PushPorts, Work } from '../ports.ts';
import { push, type PushedImage } from '../push.ts';
import { withLogin } from '../registry-login.ts';

/** An image of one platform, under a name of its own in the repository of the tags. */
export interface StagedImage {
  readonly platform: Platform;
  readonly imageId: string;
  readonly reference: ImageReference;
}

/** `digest` is that of the index. */
export interface PushedIndex extends PushedImage {
  readonly platforms: readonly { readonly platform: string; readonly digest: string }[];
}

export type RepositoryTags = readonly [ImageReference, ...ImageReference[]];

export interface IndexInput {
  /** Of one repository. */
  readonly tags: RepositoryTags;
  readonly staged: readonly StagedImage[];
  readonly engine: Pick<EngineDescription, 'insecureRegistries'>;
}

type IndexPorts = PushPorts & Pick<BuildPorts, 'openRegistry' | 'keepsakes'>;

/** An image as the registry has it. */
interface Child {
  readonly reference: ImageReference;
  readonly remote: RemoteManifest;
  /** Of the image itself: an engine may push an index of one. */
  readonly entry: Descriptor & { readonly platform: Platform };
}

/**
 * Pushes each image under its own name, writes the index of them under every tag, and takes the names away again where the registry lets.
 * Throws what a push throws, and REGISTRY_*.
 */
export async function pushIndex(
  { tags, staged, engine }: IndexInput,
  ports: IndexPorts,
  work: Work,
): Promise<readonly PushedIndex[]> {
  const pushed = await push(staged, ports, work);
  const { registry } = tags[0];
  const names = tags.map(formatImageReference);
  return runStep(work.emit, { step: 'index', title: `writing the index of ${names.join(', ')}` }, (step) =>
    withLogin(registry, ports, async (credentials) => {
      const { insecureRegistries } = engine;
      const access = { registry, login: credentials[registry], insecureRegistries, signal: work.signal };
      const client = await ports.openRegistry(access);
      const children: Child[] = [];
      for (const [at, image] of staged.entries())
        children.push(await findChild(client, { ...image, digest: pushed[at]?.digest ?? '' }));
      const index = imageIndex(children.map(({ entry }) => entry));
      const platforms = children.map(({ entry }) => ({
        platform: formatPlatform(entry.platform),
        digest: entry.digest,
      }));
      const written: PushedIndex[] = [];
      for (const tag of tags) {
        const { digest } = await client.writeManifest(tag, index);
        written.push({ reference: formatImageReference(tag), digest, platforms });
      }
      for (const child of children) step.log(await removeName(client, child));
      return written;
    }),
  );
}

/** What was pushed, read back. Throws REGISTRY_FAILED when it is not what was built: two builds may use the same name at once. */
async function findChild(
  client: Registry,
  { reference, platform, imageId, digest }: StagedImage & { readonly digest: string },
): Promise<Child> {
  const remote = await client.readManifest({ ...reference, digest });
  const entry = remote === undefined ? undefined : entryOf(remote, { platform, imageId });
  if (remote !== undefined && entry !== undefined) return { reference, remote, entry };
  throw new CaissonError(
    'REGISTRY_FAILED',
    `registry '${reference.registry}' does not have what was pushed as '${formatImageReference(reference)}'`,
    { hint: 'run again, when no other build pushes to this tag' },
  );
}

function entryOf(
  { manifest, mediaType, digest, size }: RemoteManifest,
  { platform, imageId }: Pick<StagedImage, 'platform' | 'imageId'>,
): Child['entry'] | undefined {
  if (manifest.kind === 'image')
    // an engine calls an image by its config, or by its manifest
    return [manifest.config.digest, digest].includes(imageId)
      ? { mediaType, digest, size, platform }
      : undefined;
  const found = manifest.manifests.find((entry) => entry.platform && isFor(platform, entry.platform));
  return found === undefined ? undefined : { ...found, platform };
}

/** Removes a name, not the image: a registry that takes the manifest away with it gets it back. Returns what to log. */
async function removeName(client: Registry, { reference, remote }: Child): Promise<string> {
  const name = formatImageReference(reference);
  const outcome = await client.removeTag(reference).catch((error: unknown) => {
    if (isCaissonError(error) && error.code.startsWith('REGISTRY_')) return 'refused';
    throw error;
  });
  if (outcome === 'refused') return `the registry keeps the tag ${name}`;
  const place = { ...reference, digest: remote.digest };
  if ((await client.resolve(place)) === undefined) await client.writeManifest(place, remote);
  return `removed the tag ${name}`;
}
