import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import type { EngineApi } from './engine-api.ts';
import { engineFailure, isMissing } from './engine-errors.ts';

/** A regular file of a container as text; undefined when there is none at the path or it has more bytes than allowed. */
export async function readContainerFile(
  api: EngineApi,
  id: string,
  { path, maxBytes }: { readonly path: string; readonly maxBytes: number },
): Promise<string | undefined> {
  let archive: IncomingMessage;
  try {
    archive = await api.stream({ method: 'GET', path: `/containers/${id}/archive`, query: { path } });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw engineFailure(error, `read '${path}' of the container`);
  }
  try {
    return await firstFile(archive, maxBytes);
  } catch (error) {
    throw engineFailure(error, `read '${path}' of the container`);
  } finally {
    // A large file is not read to its end.
    archive.destroy();
  }
}

/** The archive of a file has one entry; that of a folder begins with the folder. */
async function firstFile(archive: Readable, maxBytes: number): Promise<string | undefined> {
  const tar = extract();
  archive.pipe(tar);
  archive.once('error', (error) => tar.destroy(error));
  for await (const entry of tar) {
    const { type, size } = entry.header;
    if (type !== 'file' || size > maxBytes) return undefined;
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  }
  return undefined;
}
