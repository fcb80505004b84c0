import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { formatImageReference, type ImageReference } from '../../src/model/image-reference.ts';
import type { EngineProbe } from './engine-probe.ts';

/** The head of a program for 64-bit ARM: no other machine starts it. */
const PROGRAM = Buffer.concat([
  Buffer.from('7f454c460201010000000000000000000200b700', 'hex'),
  Buffer.alloc(100),
]);

/** Puts an image for linux/arm64 into the engine, made by hand: `/bin/sh` is for ARM, and `/etc/platform` says arm64. */
export async function loadForeignImage(probe: EngineProbe, reference: ImageReference): Promise<void> {
  const layer = await tarOf({
    'bin/sh': PROGRAM,
    'etc/platform': 'arm64\n',
    // BuildKit looks up whom a step runs as
    'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
    'etc/group': 'root:x:0:\n',
  });
  const hex = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'arm64',
      os: 'linux',
      config: { Cmd: ['/bin/sh'] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${hex(layer)}`] },
    }),
  );
  const manifest = [
    {
      Config: `${hex(config)}.json`,
      RepoTags: [formatImageReference(reference)],
      Layers: [`${hex(layer)}/layer.tar`],
    },
  ];
  const archive = await tarOf({
    [`${hex(config)}.json`]: config,
    [`${hex(layer)}/layer.tar`]: layer,
    'manifest.json': JSON.stringify(manifest),
  });
  await probe.load(archive);
}

async function tarOf(files: Readonly<Record<string, Buffer | string>>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files))
    tar.entry({ name, mode: 0o755, mtime: new Date(0) }, content);
  tar.finalize();
  return Buffer.concat((await Readable.from(tar as AsyncIterable<Buffer>).toArray()) as Buffer[]);
}
