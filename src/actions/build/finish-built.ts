import { formatImageReference, type ImageReference } from '../../model/image-reference.ts';
import type { BuildPorts, Work } from '../ports.ts';
import { push, type PushedImage } from '../push.ts';
import { writeSbom } from '../sbom.ts';
import { signPushed } from '../sign.ts';
import type { BuildImageRequest, BuildImageResult } from './request.ts';

/** What would be in vain to find out when the image is built. Throws PROGRAM_MISSING, OUTPUT_FAILED. */
export async function checkFirst(
  { signing, sbom }: Pick<BuildImageRequest, 'signing' | 'sbom'>,
  { signer }: Pick<BuildPorts, 'signer'>,
  { signal }: Work,
): Promise<void> {
  if (signing !== undefined) await signer.check(signal);
  await sbom?.file.check();
}

export interface BuiltInput {
  readonly request: Pick<BuildImageRequest, 'afterBuild' | 'signing' | 'sbom'>;
  readonly imageId: string;
  readonly tags: readonly ImageReference[];
}

/** All that is done with a built image: bill of materials, push, signature, each when asked. */
export async function finishBuilt(
  { request, imageId, tags }: BuiltInput,
  ports: BuildPorts,
  work: Work,
): Promise<BuildImageResult['images']> {
  const { afterBuild, sbom, signing } = request;
  const references = tags.map(formatImageReference);
  const name = references[0] ?? imageId;
  if (sbom !== undefined) await writeSbom({ name, imageId }, { request: sbom, engine: ports.engine }, work);
  if (afterBuild === 'keep') return references.map((reference) => ({ reference }));
  const images = await pushBuilt(tags, ports, work);
  if (signing !== undefined) await signPushed({ images, signing }, ports, work);
  return images;
}

/** A push that fails leaves the user with an image that is worth knowing of. */
async function pushBuilt(
  tags: readonly ImageReference[],
  ports: BuildPorts,
  work: Work,
): Promise<readonly PushedImage[]> {
  try {
    return await push(tags, ports, work);
  } catch (error) {
    const names = tags.map(formatImageReference).join(' ');
    if (!work.signal.aborted) {
      const message = 'the image is built and tagged, but not everything was pushed';
      work.emit({ type: 'warning', message, hint: `push again with: caisson push ${names}` });
    }
    throw error;
  }
}
