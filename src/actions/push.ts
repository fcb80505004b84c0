import { CaissonError, throwIfAborted } from '../core/errors.ts';
import { runStep } from '../core/events.ts';
import { formatImageReference, withDefaultTag, type ImageReference } from '../model/image-reference.ts';
import type { PushPorts, Work } from './ports.ts';
import { withLogin } from './registry-login.ts';

export interface PushedImage {
  readonly reference: string;
  /** Of the manifest: `sha256:<hex>`. */
  readonly digest: string;
}

export interface PushRequest {
  readonly references: readonly ImageReference[];
  /** What each must name, before and after: another build on the same engine may take a tag away. Absent: whatever it names. */
  readonly imageId?: string;
}

/**
 * Pushes each reference to its registry, one after the other; a missing one is found before anything is sent.
 * Throws IMAGE_NOT_FOUND, IMAGE_MOVED, REGISTRY_DENIED, REGISTRY_FAILED, CREDENTIALS_BROKEN, ENGINE_*, INTERRUPTED.
 */
export async function push(
  { references, imageId }: PushRequest,
  ports: PushPorts,
  work: Work,
): Promise<readonly PushedImage[]> {
  const tagged = references.map(withDefaultTag);
  for (const reference of tagged) await requireImage(formatImageReference(reference), ports, imageId);
  const pushed: PushedImage[] = [];
  for (const reference of tagged) {
    throwIfAborted(work.signal);
    const name = formatImageReference(reference);
    const { digest } = await runStep(work.emit, { step: 'push', title: `pushing ${name}` }, (step) =>
      withLogin(reference.registry, ports, (credentials) =>
        ports.engine.push({ reference, credentials }, { step, signal: work.signal }),
      ),
    );
    if (imageId !== undefined) await requireImage(name, ports, imageId);
    pushed.push({ reference: name, digest });
  }
  return pushed;
}

async function requireImage(name: string, { engine }: PushPorts, imageId: string | undefined): Promise<void> {
  const found = await engine.inspectImage(name);
  if (found === undefined)
    throw new CaissonError('IMAGE_NOT_FOUND', `image '${name}' is not in the engine`, {
      hint: `build it first: caisson build-image MODEL -t ${name}`,
    });
  if (imageId === undefined || found.imageId === imageId) return;
  throw new CaissonError(
    'IMAGE_MOVED',
    `'${name}' names another image than the one that was just built and tested`,
    {
      hint: 'something else built or pulled under this tag meanwhile; build again, under a tag of its own',
    },
  );
}
