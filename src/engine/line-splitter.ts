import { StringDecoder } from 'node:string_decoder';

/** Characters; a longer line is handed on in pieces, so that memory stays bounded. */
const MAX_LINE = 64 * 1024;

/**
 * Cuts a stream of bytes or text into lines. Chunks may end anywhere, inside a UTF-8 character too. Of a line that a
 * program redraws with carriage returns (a progress bar), the last drawing counts.
 */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  /** The lines that this chunk completes. */
  push(chunk: Uint8Array | string): readonly string[] {
    const text = typeof chunk === 'string' ? chunk : this.#decoder.write(Buffer.from(chunk));
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    while (this.#rest.length > MAX_LINE) {
      lines.push(this.#rest.slice(0, MAX_LINE));
      this.#rest = this.#rest.slice(MAX_LINE);
    }
    return lines.map(lastDrawing);
  }

  /** The last line when it lacks its newline. */
  flush(): readonly string[] {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = '';
    return rest === '' ? [] : [lastDrawing(rest)];
  }
}

function lastDrawing(line: string): string {
  const text = line.replace(/\r+$/, '');
  return text.slice(text.lastIndexOf('\r') + 1);
}
