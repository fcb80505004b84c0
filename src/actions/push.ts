import { CaissonError, throwIfAborted } from '../core/errors.ts';
import { runStep } from '../core/events.ts';
import { formatImageReference, withDefaultTag, type ImageReference } from '../model/image-reference.ts';
import type { BuildPorts, PushPorts, Work } from './ports.ts';
import { withLogin } from './registry-login.ts';
import { readFailure } from './self-test/outcomes.ts';

export interface PushedImage {
  readonly reference: string;
  /** Of the manifest: `sha256:<hex>`. */
  readonly digest: string;
}

export interface ImageToPush {
  readonly reference: ImageReference;
  /** What it must name, before and after: another build on the same engine may take a tag away. Absent: whatever it names. */
  readonly imageId?: string;
}

/**
 * Pushes each reference to its registry, one after the other; a missing one is found before anything is sent.
 * Throws IMAGE_NOT_FOUND, IMAGE_MOVED, REGISTRY_DENIED, REGISTRY_FAILED, CREDENTIALS_BROKEN, ENGINE_*, INTERRUPTED.
 */
export async function push(
  images: readonly ImageToPush[],
  ports: PushPorts & Pick<BuildPorts, 'keepsakes'>,
  work: Work,
): Promise<readonly PushedImage[]> {
  const found: { readonly reference: ImageReference; readonly name: string; readonly imageId: string }[] = [];
  for (const image of images) {
    const reference = withDefaultTag(image.reference);
    const name = formatImageReference(reference);
    found.push({ reference, name, imageId: await requireImage(name, ports, image.imageId) });
  }
  await warnOfFailures(found, ports, work);
  const pushed: PushedImage[] = [];
  for (const { reference, name, imageId } of found) {
    throwIfAborted(work.signal);
    const { digest } = await runStep(work.emit, { step: 'push', title: `pushing ${name}` }, (step) =>
      withLogin(reference.registry, ports, (credentials) =>
        ports.engine.push({ reference, credentials }, { step, signal: work.signal }),
      ),
    );
    await requireImage(name, ports, imageId);
    pushed.push({ reference: name, digest });
  }
  return pushed;
}

/** Returns its id. */
async function requireImage(
  name: string,
  { engine }: Pick<PushPorts, 'engine'>,
  imageId: string | undefined,
): Promise<string> {
  const found = await engine.inspectImage(name);
  if (found === undefined)
    throw new CaissonError('IMAGE_NOT_FOUND', `image '${name}' is not in the engine`, {
      hint: `build it first: caisson build-image MODEL -t ${name}`,
    });
  if (imageId === undefined || found.imageId === imageId) return found.imageId;
  throw new CaissonError('IMAGE_MOVED', `'${name}' names another image than the one that is to be pushed`, {
    hint: 'something else built or pulled under this tag meanwhile; run again, under a tag of its own',
  });
}

/** Whoever pushes by name may not know that the build before it ended with an error. */
async function warnOfFailures(
  images: readonly { readonly name: string; readonly imageId: string }[],
  { keepsakes }: Pick<BuildPorts, 'keepsakes'>,
  { emit }: Work,
): Promise<void> {
  for (const { name, imageId } of images) {
    const failure = await readFailure(keepsakes, imageId);
    if (failure === undefined) continue;
    emit({
      type: 'warning',
      message: `'${name}' failed its self-test when it was built: ${failure}`,
      hint: 'build it again, or think twice before anything is deployed from it',
    });
  }
}
