import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { CaissonError } from '../core/errors.ts';
import type { EngineApi } from './engine-api.ts';
import { engineFailure, isMissing } from './engine-errors.ts';
import type { FilesInImage } from './port.ts';

/** As much of an entry as is used. */
interface Entry extends AsyncIterable<Buffer> {
  readonly header: { readonly name: string; readonly type: string; readonly size: number };
  resume(): unknown;
}

/** A regular file of a container as text; undefined when there is none at the path or it has more bytes than allowed. */
export async function readContainerFile(
  api: EngineApi,
  id: string,
  file: { readonly path: string; readonly maxBytes: number },
): Promise<string | undefined> {
  return (await readContainerFiles(api, id, file)).get('');
}

/** Regular files of a container as texts, by their path below the one that was asked for. */
export async function readContainerFiles(
  api: EngineApi,
  id: string,
  files: FilesInImage,
): Promise<ReadonlyMap<string, string>> {
  const { path } = files;
  let archive: IncomingMessage;
  try {
    archive = await api.stream({ method: 'GET', path: `/containers/${id}/archive`, query: { path } });
  } catch (error) {
    if (isMissing(error)) return new Map();
    throw engineFailure(error, `read '${path}' of the container`);
  }
  try {
    return files.only === undefined ? await firstFile(archive, files) : await folderFiles(archive, files);
  } catch (error) {
    throw engineFailure(error, `read '${path}' of the container`);
  } finally {
    // A large file is not read to its end.
    archive.destroy();
  }
}

/** The archive of a file has one entry; that of a folder begins with the folder. */
async function firstFile(
  archive: Readable,
  { maxBytes }: FilesInImage,
): Promise<ReadonlyMap<string, string>> {
  for await (const entry of entriesOf(archive)) {
    const { type, size } = entry.header;
    return type !== 'file' || size > maxBytes ? new Map() : new Map([['', await textOf(entry)]]);
  }
  return new Map();
}

/** Of all that is read out of one folder; the packages of a large environment have some hundred files and 10 MB. */
const FOLDER_LIMITS = { files: 20_000, bytes: 256_000_000 };

/** Throws IMAGE_TOO_LARGE before it has read more than the limits: an image may be a stranger's. */
export async function folderFiles(
  archive: Readable,
  { path, only, maxBytes }: FilesInImage,
  limits = FOLDER_LIMITS,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  let [files, bytes] = [0, 0];
  for await (const entry of entriesOf(archive)) {
    const { name, type, size } = entry.header;
    const below = name.slice(name.indexOf('/') + 1);
    if (type !== 'file' || size > maxBytes || only?.test(below) !== true) {
      entry.resume();
      continue;
    }
    files += 1;
    bytes += size;
    if (files > limits.files) throw tooLarge(path, `${limits.files} files`);
    if (bytes > limits.bytes) throw tooLarge(path, `${limits.bytes} bytes`);
    found.set(below, await textOf(entry));
  }
  return found;
}

const tooLarge = (path: string, limit: string): CaissonError =>
  new CaissonError('IMAGE_TOO_LARGE', `the packages below '${path}' of the image have more than ${limit}`);

function entriesOf(archive: Readable): AsyncIterable<Entry> {
  const tar = extract();
  archive.pipe(tar);
  archive.once('error', (error) => tar.destroy(error));
  return tar as AsyncIterable<Entry>;
}

async function textOf(entry: Entry): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of entry) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
