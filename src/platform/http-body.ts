import { abortReason, messageOf } from '../core/errors.ts';
import type { Deadline } from './http-deadline.ts';
import type { ByteSource } from './http-exchange.ts';

export type BodyText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too-large' }
  /** The connection broke before the end. */
  | { readonly kind: 'broken'; readonly reason: string };

export type BodyPiece =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'broken'; readonly reason: string };

/** The body of an answer, read once: as text, as pieces, or not at all. */
export interface ResponseBody {
  text(maxBytes: number): Promise<BodyText>;
  /** Ends after a `broken` piece. Throws only the reason of an aborted signal. */
  pieces(): AsyncGenerator<BodyPiece, void, undefined>;
  discard(): Promise<void>;
}

export class BodyReader implements ResponseBody {
  readonly #source: ByteSource;
  readonly #deadline: Deadline;

  constructor(source: ByteSource, deadline: Deadline) {
    this.#source = source;
    this.#deadline = deadline;
    // what has come cannot be late any more
    if (source.isWhole) deadline.end();
  }

  async text(maxBytes: number): Promise<BodyText> {
    const decoder = new TextDecoder();
    let text = '';
    let size = 0;
    for await (const piece of this.pieces()) {
      if (piece.kind === 'broken') return piece;
      size += piece.bytes.byteLength;
      if (size > maxBytes) return { kind: 'too-large' };
      text += decoder.decode(piece.bytes, { stream: true });
    }
    return { kind: 'text', text: text + decoder.decode() };
  }

  async *pieces(): AsyncGenerator<BodyPiece, void, undefined> {
    try {
      for (;;) {
        const piece = await this.#next();
        if (piece === undefined) return;
        yield piece;
        if (piece.kind === 'broken') return;
      }
    } finally {
      // one who stopped early must free the connection
      this.#letGo();
    }
  }

  discard(): Promise<void> {
    this.#letGo();
    return Promise.resolve();
  }

  #letGo(): void {
    this.#deadline.end();
    this.#source.cancel();
  }

  async #next(): Promise<BodyPiece | undefined> {
    try {
      this.#deadline.touch();
      const bytes = await this.#source.read();
      return bytes === undefined ? undefined : { kind: 'bytes', bytes };
    } catch (error) {
      const { expired, parent, reason } = this.#deadline;
      if (!expired && parent.aborted) throw abortReason(parent);
      return { kind: 'broken', reason: expired ? reason : messageOf(error) };
    }
  }
}
