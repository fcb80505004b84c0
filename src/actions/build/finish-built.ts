import { CaissonError } from '../../core/errors.ts';
import { formatImageReference, type ImageReference } from '../../model/image-reference.ts';
import type { BuildPorts, Work } from '../ports.ts';
import { push, type PushedImage } from '../push.ts';
import { writeSbom } from '../sbom.ts';
import { signPushed } from '../sign.ts';
import type { BuildImageRequest, BuildImageResult } from './request.ts';

/** What would be in vain to find out when the image is built. Throws USAGE, PROGRAM_MISSING, OUTPUT_FAILED. */
export async function checkFirst(
  { signing, sbom, platforms }: Pick<BuildImageRequest, 'signing' | 'sbom' | 'platforms'>,
  { signer }: Pick<BuildPorts, 'signer'>,
  { signal }: Work,
): Promise<void> {
  if (sbom !== undefined && platforms.length > 1)
    throw new CaissonError('USAGE', 'a bill of materials is of one platform, and --platform names several', {
      hint: 'leave --sbom out, or build the platforms one at a time',
    });
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
  const { afterBuild, sbom } = request;
  const references = tags.map(formatImageReference);
  const name = references[0] ?? imageId;
  if (sbom !== undefined) await writeSbom({ name, imageId }, { request: sbom, engine: ports.engine }, work);
  if (afterBuild === 'keep') return references.map((reference) => ({ reference }));
  const images = await pushBuilt({ imageId, tags }, ports, work);
  await signBuilt({ request, images }, ports, work);
  return images;
}

/** What has a digest, when signatures are asked for; of several platforms, that is their index. */
export async function signBuilt(
  { request: { signing }, images }: Pick<BuiltInput, 'request'> & Pick<BuildImageResult, 'images'>,
  ports: BuildPorts,
  work: Work,
): Promise<void> {
  if (signing === undefined) return;
  const pushed = images.filter((image) => 'digest' in image);
  await signPushed({ images: pushed, signing }, ports, work);
}

/** A push that fails leaves the user with an image that is worth knowing of. */
async function pushBuilt(
  { imageId, tags }: Pick<BuiltInput, 'imageId' | 'tags'>,
  ports: BuildPorts,
  work: Work,
): Promise<readonly PushedImage[]> {
  try {
    return await push(
      tags.map((reference) => ({ reference, imageId })),
      ports,
      work,
    );
  } catch (error) {
    const names = tags.map(formatImageReference).join(' ');
    if (!work.signal.aborted) {
      const message = 'the image is built and tagged, but not everything was pushed';
      work.emit({ type: 'warning', message, hint: `push again with: caisson push ${names}` });
    }
    throw error;
  }
}
