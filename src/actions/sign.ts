import { runStep } from '../core/events.ts';
import { withoutUndefined } from '../core/objects.ts';
import { formatRepository, parseImageReference } from '../model/image-reference.ts';
import type { BuildPorts, Work } from './ports.ts';
import type { PushedImage } from './push.ts';

/** How pushed images are to be signed. */
export interface Signing {
  /** As cosign takes it; absent: keyless. */
  readonly key?: string;
}

/** Signs what was pushed, by digest; several tags of one digest have one signature. Throws SIGNING_FAILED, INTERRUPTED. */
export async function signPushed(
  { images, signing }: { readonly images: readonly PushedImage[]; readonly signing: Signing },
  { signer }: Pick<BuildPorts, 'signer'>,
  { emit, signal }: Work,
): Promise<void> {
  const names = images.map(
    ({ reference, digest }) => `${formatRepository(parseImageReference(reference))}@${digest}`,
  );
  for (const image of new Set(names)) {
    await runStep(emit, { step: 'sign', title: `signing ${image}` }, (step) =>
      signer.sign(
        withoutUndefined({ image, key: signing.key, signal, onLine: (line: string) => step.log(line) }),
      ),
    );
  }
}
