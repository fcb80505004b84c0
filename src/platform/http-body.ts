import { abortReason, messageOf } from '../core/errors.ts';
import type { Deadline } from './http-deadline.ts';

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
  readonly #response: Response;
  readonly #deadline: Deadline;

  constructor(response: Response, deadline: Deadline) {
    this.#response = response;
    this.#deadline = deadline;
    if (response.body === null) deadline.end();
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
    const reader = this.#response.body?.getReader();
    if (reader === undefined) return;
    try {
      for (;;) {
        const piece = await this.#next(reader);
        if (piece === undefined) return;
        yield piece;
        if (piece.kind === 'broken') return;
      }
    } finally {
      this.#deadline.end();
      // a reader that stopped early must free the connection; one that broke has nothing left to free
      await reader.cancel().catch(() => undefined);
    }
  }

  async discard(): Promise<void> {
    this.#deadline.end();
    await this.#response.body?.cancel().catch(() => undefined);
  }

  async #next(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<BodyPiece | undefined> {
    try {
      this.#deadline.touch();
      const { done, value } = await reader.read();
      return done ? undefined : { kind: 'bytes', bytes: value };
    } catch (error) {
      const { expired, parent, reason } = this.#deadline;
      if (!expired && parent.aborted) throw abortReason(parent);
      return { kind: 'broken', reason: expired ? reason : messageOf(error) };
    }
  }
}
