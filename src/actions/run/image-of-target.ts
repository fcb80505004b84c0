import { parseImageReference } from '../../model/image-reference.ts';
import type { Work } from '../ports.ts';
import { obtainImage, type ObtainedImage } from './obtain-image.ts';
import type { RunPorts, RunRequest } from './request.ts';

/** The image to run: pulled when it is missing, and built first when the target is a model. */
export async function imageOfTarget(
  target: RunRequest['target'],
  ports: RunPorts,
  work: Work,
): Promise<ObtainedImage> {
  if (target.kind === 'image') return obtainImage(target.image, ports, work);
  const { buildImage } = await import('../build-image.ts');
  const { images, imageId } = await buildImage(target.build, await ports.buildPorts(), work);
  const reference = parseImageReference(images[0]?.reference ?? imageId);
  return obtainImage({ reference, pull: 'never' }, ports, work);
}
