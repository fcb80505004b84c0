import { PassThrough } from 'node:stream';

/** A stream that remembers what was written, standing in for stdout or stderr. */
export interface RecordedStream extends NodeJS.WritableStream {
  readonly text: () => string;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export function recordedStream(
  properties: { readonly isTTY?: boolean; readonly columns?: number } = {},
): RecordedStream {
  const stream = new PassThrough();
  const chunks: string[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString('utf8')));
  return Object.assign(stream, { ...properties, text: () => chunks.join('') });
}

/** A sink for reporters that write whole strings. */
export function textSink(): { readonly write: (text: string) => void; readonly text: () => string } {
  let written = '';
  return {
    write: (text) => {
      written += text;
    },
    text: () => written,
  };
}
