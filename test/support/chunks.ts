/** A stream of the given chunks; the end may be an error instead. */
export async function* streamOf(
  chunks: readonly Uint8Array[],
  end?: Error,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const chunk of chunks) {
    // As a socket does: the next chunk comes in another turn.
    await Promise.resolve();
    yield chunk;
  }
  if (end !== undefined) throw end;
}

/** The bytes in two chunks, cut at every place there is. */
export function* everyCut(bytes: Buffer): Generator<readonly [Buffer, Buffer], void, undefined> {
  for (let at = 0; at <= bytes.length; at += 1) yield [bytes.subarray(0, at), bytes.subarray(at)];
}

/** The bytes one by one. */
export function singleBytes(bytes: Buffer): readonly Buffer[] {
  return Array.from(bytes, (byte) => Buffer.from([byte]));
}

export async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
