import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import type { EngineProbe } from './engine-probe.ts';

/** What `docker save` gives of an image, taken apart. */
export interface ImageArchive {
  /** The whole tar, as it came. */
  readonly raw: Buffer;
  /** Layers as tars, lowest first, gzip undone. */
  readonly layerTars: readonly Buffer[];
  /** Text of the image's configuration: history, labels, env. */
  readonly config: string;
}

export async function unpackImage({ api }: EngineProbe, imageId: string): Promise<ImageArchive> {
  const raw = await buffer(await api.stream({ method: 'GET', path: `/images/${imageId}/get` }));
  const files = await untar(raw);
  const [manifest] = JSON.parse(files.get('manifest.json')?.toString() ?? '[]') as readonly {
    readonly Config: string;
    readonly Layers: readonly string[];
  }[];
  if (manifest === undefined) throw new Error('the archive has no manifest');
  const layerTars = manifest.Layers.map((path) => unzipped(files.get(path) ?? Buffer.alloc(0)));
  return {
    raw,
    layerTars,
    config: files.get(manifest.Config)?.toString() ?? '',
  };
}

/** Files by path; links and folders are empty. */
export async function untar(tar: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const entries = extract();
  Readable.from([tar]).pipe(entries);
  for await (const entry of entries) files.set(entry.header.name, await buffer(entry));
  return files;
}

function unzipped(bytes: Buffer): Buffer {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}
