import { pipeline, Readable, type Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { ByteSource } from './http-exchange.ts';

/** Some servers leave out the end of what they compress, which every browser takes. */
const LENIENT = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(LENIENT),
  'x-gzip': () => createGunzip(LENIENT),
  deflate: () => createInflate(LENIENT),
  br: () =>
    createBrotliDecompress({
      flush: constants.BROTLI_OPERATION_FLUSH,
      finishFlush: constants.BROTLI_OPERATION_FLUSH,
    }),
};

/** The content behind a Content-Encoding: nobody asks for one, and files that are stored compressed come with it all the same. */
export function decoded(source: ByteSource, encoding: string | undefined): ByteSource {
  const decoder = DECODERS[encoding?.trim().toLowerCase() ?? '']?.();
  if (decoder === undefined) return source;
  // an error reaches whoever reads
  pipeline(Readable.from(bytesOf(source)), decoder, () => undefined);
  const pieces = decoder.iterator() as AsyncIterableIterator<Uint8Array>;
  return {
    isWhole: false,
    read: async () => {
      const next = await pieces.next();
      return next.done === true ? undefined : next.value;
    },
    cancel: () => {
      source.cancel();
      decoder.destroy();
    },
  };
}

async function* bytesOf(source: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
  for (let bytes = await source.read(); bytes !== undefined; bytes = await source.read()) yield bytes;
}
