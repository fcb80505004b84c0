import { open, type FileHandle } from 'node:fs/promises';
import { writeFailed } from './write-failed.ts';

/** A file that is being written, by one piece or several at once. Errors are DOWNLOAD_FAILED. */
export class OutputFile {
  readonly path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /** Its folder must be there; a file of this name is replaced. */
  static async create(path: string): Promise<OutputFile> {
    try {
      return new OutputFile(path, await open(path, 'w', 0o600));
    } catch (error) {
      throw writeFailed(path, error);
    }
  }

  /** For one piece: its writes come one after the other. */
  writer(): PieceWriter {
    return new PieceWriter(this.path, this.#handle);
  }

  async close(): Promise<void> {
    try {
      await this.#handle.close();
    } catch (error) {
      // some file systems tell of a full disk only here
      throw writeFailed(this.path, error);
    }
  }
}

/** Writes behind: while one write is under way, the caller fetches the next bytes. */
export class PieceWriter {
  readonly #path: string;
  readonly #handle: FileHandle;
  #pending: Promise<void> = Promise.resolve();

  constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** Waits for the write before this one, and rejects when that failed. */
  async write(bytes: Uint8Array, position: number): Promise<void> {
    await this.settle();
    this.#pending = this.#writeAll(bytes, position);
    // heard at the next write or at settle; until then it must not count as unhandled
    this.#pending.catch(() => undefined);
  }

  /** Until everything is written, or has failed. */
  async settle(): Promise<void> {
    try {
      await this.#pending;
    } catch (error) {
      throw writeFailed(this.#path, error);
    }
  }

  async #writeAll(bytes: Uint8Array, position: number): Promise<void> {
    let written = 0;
    while (written < bytes.byteLength) {
      const length = bytes.byteLength - written;
      const { bytesWritten } = await this.#handle.write(bytes, written, length, position + written);
      written += bytesWritten;
    }
  }

  /** What an attempt from before left behind this length. */
  async cut(length: number): Promise<void> {
    await this.settle();
    try {
      await this.#handle.truncate(length);
    } catch (error) {
      throw writeFailed(this.#path, error);
    }
  }
}
