import { CaissonError } from '../core/errors.ts';
import { readContainerFiles } from './container-file.ts';
import type { EngineApi } from './engine-api.ts';
import { engineFailure, isMissing, replyOf } from './engine-errors.ts';
import { textOf, valueAt } from './json-values.ts';
import type { FilesInImage } from './port.ts';

/** Reads files through a container that is made and never started: the API gives files of containers only. */
export async function readImageFiles(
  api: EngineApi,
  image: string,
  files: FilesInImage,
): Promise<ReadonlyMap<string, string>> {
  const id = await createIdle(api, image);
  try {
    return await readContainerFiles(api, id, files);
  } finally {
    await api
      .json({ method: 'DELETE', path: `/containers/${id}`, query: { force: 1, v: 1 } })
      .catch(() => undefined);
  }
}

/** An engine wants a command even for a container that never runs. */
async function createIdle(api: EngineApi, image: string): Promise<string> {
  try {
    const body = { Image: image, Entrypoint: ['/none'], Cmd: [] };
    const answer = await api.json({ method: 'POST', path: '/containers/create', body });
    const id = textOf(valueAt(answer, 'Id'));
    if (id !== undefined) return id;
  } catch (error) {
    if (isMissing(error))
      throw new CaissonError('IMAGE_NOT_FOUND', `image '${image}' is not in the engine`, { cause: error });
    throw engineFailure(error, `read files of '${image}'`);
  }
  throw new CaissonError('ENGINE_FAILED', 'the engine named no container');
}

/** Parents stay: they are the cache of the classic builder. */
export async function removeImage(api: EngineApi, imageId: string): Promise<void> {
  try {
    await api.json({
      method: 'DELETE',
      path: `/images/${encodeURI(imageId)}`,
      query: { force: 1, noprune: 1 },
    });
  } catch (error) {
    const { status } = replyOf(error);
    if (status === 404 || status === 409) return;
    throw engineFailure(error, 'remove the image');
  }
}
