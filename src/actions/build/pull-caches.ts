import { isCaissonError } from '../../core/errors.ts';
import { runStep } from '../../core/events.ts';
import { formatImageReference, withDefaultTag, type ImageReference } from '../../model/image-reference.ts';
import type { PushPorts, Work } from '../ports.ts';
import { withLogin } from '../registry-login.ts';

/**
 * The classic builder takes as caches the images that the engine holds, where BuildKit asks the registries itself. A cache that cannot be
 * fetched is left out, with a warning: the image is the same without it.
 */
export async function pullCaches(
  references: readonly ImageReference[],
  ports: PushPorts,
  { emit, signal }: Work,
): Promise<void> {
  for (const reference of references.map(withDefaultTag)) {
    const name = formatImageReference(reference);
    try {
      await runStep(emit, { step: 'cache', title: `pulling the cache ${name}` }, (step) =>
        withLogin(reference.registry, ports, (credentials) =>
          ports.engine.pull({ reference, credentials }, { step, signal }),
        ),
      );
    } catch (error) {
      if (signal.aborted || !isCaissonError(error)) throw error;
      emit({ type: 'warning', message: `the cache '${name}' is left out: ${error.message}` });
    }
  }
}
