import { closeSync, openSync, writevSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { writeFailed } from './write-failed.ts';

/** A file that is being written, by one piece or several at once. Errors are DOWNLOAD_FAILED. */
export interface Output {
  /** For one piece: its writes come one after the other. */
  writer(): OutputWriter;
  /** Afterwards the file is on the disk. */
  close(): Promise<void>;
  /** The whole content, of a file that is put together in memory. */
  readonly parts?: readonly Uint8Array[];
}

export interface OutputWriter {
  /** Up to here, everything is on the disk; 0 while the file is kept in memory. */
  readonly settled: number;
  /** Takes bytes behind those of the call before. The bytes may reach the disk later, and a failure may show later. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Until everything is written, or has failed. */
  settle(): Promise<void>;
  /** Everything is taken back. */
  cut(): Promise<void>;
}

const FLUSH_BYTES = 1024 * 1024;
/** Systems take no more than about a thousand in one call. */
const MAX_PARTS = 512;

/** Written as it comes. The folder must be there; a file of this name is replaced. */
export const createFileOutput = (path: string): Promise<Output> => FileOutput.create(path);

/** For a small file that comes in one piece: put together in memory. */
export const createMemoryOutput = (path: string): Promise<Output> => Promise.resolve(new MemoryOutput(path));

/** One write in the end: a model of many small files is bound by the number of calls. */
class MemoryOutput implements Output {
  readonly #path: string;
  #parts: Uint8Array[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  get parts(): readonly Uint8Array[] {
    return this.#parts;
  }

  writer(): OutputWriter {
    return {
      settled: 0,
      write: (bytes) => {
        this.#parts.push(bytes);
        return Promise.resolve();
      },
      settle: () => Promise.resolve(),
      cut: () => {
        this.#parts = [];
        return Promise.resolve();
      },
    };
  }

  close(): Promise<void> {
    try {
      writeParts(this.#path, this.#parts);
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(writeFailed(this.#path, error));
    }
  }
}

/** Going through threads and back would take longer than the calls. */
function writeParts(path: string, parts: readonly Uint8Array[]): void {
  const handle = openSync(path, 'w', 0o600);
  try {
    let rest = parts;
    while (rest.length > 0) rest = behind(rest, writevSync(handle, rest.slice(0, MAX_PARTS)));
  } finally {
    closeSync(handle);
  }
}

class FileOutput implements Output {
  readonly #path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  static async create(path: string): Promise<FileOutput> {
    try {
      return new FileOutput(path, await open(path, 'w', 0o600));
    } catch (error) {
      throw writeFailed(path, error);
    }
  }

  writer(): OutputWriter {
    return new FileWriter(this.#path, this.#handle);
  }

  async close(): Promise<void> {
    try {
      await this.#handle.close();
    } catch (error) {
      // some file systems tell of a full disk only here
      throw writeFailed(this.#path, error);
    }
  }
}

/** Gathers bytes and writes them behind: while one write is under way, the caller fetches the next bytes. */
class FileWriter implements OutputWriter {
  settled = 0;
  readonly #path: string;
  readonly #handle: FileHandle;
  #parts: Uint8Array[] = [];
  #size = 0;
  /** Where the parts begin. */
  #start = 0;
  #pending: Promise<void> = Promise.resolve();

  constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    if (this.#parts.length === 0) this.#start = position;
    this.#parts.push(bytes);
    this.#size += bytes.byteLength;
    if (this.#size >= FLUSH_BYTES || this.#parts.length >= MAX_PARTS) await this.#flush();
  }

  async settle(): Promise<void> {
    await this.#flush();
    await this.#written();
  }

  async cut(): Promise<void> {
    await this.settle();
    this.settled = 0;
    try {
      await this.#handle.truncate(0);
    } catch (error) {
      throw writeFailed(this.#path, error);
    }
  }

  /** Begins to write what was gathered, when the write before is done. */
  async #flush(): Promise<void> {
    await this.#written();
    if (this.#parts.length === 0) return;
    this.#pending = this.#writeAll(this.#parts, this.#start);
    // heard at the next flush or at settle; until then it must not count as unhandled
    this.#pending.catch(() => undefined);
    [this.#parts, this.#size] = [[], 0];
  }

  async #written(): Promise<void> {
    try {
      await this.#pending;
    } catch (error) {
      throw writeFailed(this.#path, error);
    }
  }

  async #writeAll(parts: readonly Uint8Array[], start: number): Promise<void> {
    let rest = parts;
    let position = start;
    while (rest.length > 0) {
      const { bytesWritten } = await this.#handle.writev([...rest], position);
      position += bytesWritten;
      rest = behind(rest, bytesWritten);
    }
    this.settled = position;
  }
}

/** What is left when so many bytes of it are written. */
function behind(parts: readonly Uint8Array[], written: number): readonly Uint8Array[] {
  let skip = written;
  return parts.flatMap((part) => {
    const left = part.subarray(Math.min(skip, part.byteLength));
    skip -= part.byteLength - left.byteLength;
    return left.byteLength === 0 ? [] : [left];
  });
}
