import type { Engine, FilesInImage } from '../engine/port.ts';

/** One text file of an image; undefined when it is not there, or larger than allowed. Throws IMAGE_NOT_FOUND. */
export async function readImageFile(
  engine: Pick<Engine, 'readImageFiles'>,
  image: string,
  file: Omit<FilesInImage, 'only'>,
): Promise<string | undefined> {
  return (await engine.readImageFiles(image, file)).get('');
}
