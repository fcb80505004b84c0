import type { Readable, Writable } from 'node:stream';
import type { ListingLimit } from '../../listing-limit.ts';
import {
  encodePacket,
  PACKET,
  PacketReader,
  PacketSplitter,
  STATUS,
  type DirectoryEntry,
  type FileAttributes,
} from './packets.ts';

/** The server's own refusal of one request. */
export class SftpRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The session is over: nothing more will come. */
export class SftpEnded extends Error {}

interface Pending {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

interface Answer {
  readonly type: number;
  readonly fields: PacketReader;
}

type Field = Buffer | string | number | bigint;

const VERSION = 3;
const READ_FLAG = 1;

/** One session of SFTP over a pair of streams. Requests may run side by side: each has a number, and so has its answer. */
export class SftpSession {
  readonly #input: Writable;
  readonly #pending = new Map<number, Pending>();
  #next = 1;
  #end: Error | undefined;

  constructor({ input, output }: { readonly input: Writable; readonly output: Readable }) {
    this.#input = input;
    const splitter = new PacketSplitter();
    output.on('data', (bytes: Buffer) => this.#take(bytes, splitter));
    output.once('close', () => this.fail(new SftpEnded('the connection ended')));
  }

  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /** Agrees on the version; nothing else may be asked before. */
  async begin(): Promise<void> {
    await this.#await(HELLO, encodePacket(PACKET.INIT, [VERSION]));
  }

  /** Ends every request that waits, and those to come. */
  fail(error: Error): void {
    this.#end ??= error;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of waiting) reject(this.#end);
  }

  async realPath(path: string): Promise<string> {
    const { fields } = await this.#ask(PACKET.REALPATH, [path]);
    return fields.entries()[0]?.name ?? path;
  }

  /** Follows links. */
  async stat(path: string): Promise<FileAttributes> {
    return (await this.#ask(PACKET.STAT, [path])).fields.attributes();
  }

  /** `.` and `..` included. Throws what the limit throws. */
  async readFolder(path: string, limit: ListingLimit): Promise<readonly DirectoryEntry[]> {
    const handle = await this.#handle(PACKET.OPENDIR, [path]);
    const entries: DirectoryEntry[] = [];
    try {
      for (;;) {
        const found = (await this.#ask(PACKET.READDIR, [handle])).fields.entries();
        limit.page(found.length);
        entries.push(...found);
      }
    } catch (error) {
      if (error instanceof SftpRefusal && error.status === STATUS.EOF) return entries;
      throw error;
    } finally {
      this.close(handle);
    }
  }

  /** Opens a file to be read. */
  open(path: string): Promise<Buffer> {
    return this.#handle(PACKET.OPEN, [path, READ_FLAG, 0]);
  }

  async statHandle(handle: Buffer): Promise<FileAttributes> {
    return (await this.#ask(PACKET.FSTAT, [handle])).fields.attributes();
  }

  /** At most `length` bytes, and fewer when the server likes; undefined at the end of the file. */
  async read(handle: Buffer, offset: number, length: number): Promise<Buffer | undefined> {
    try {
      return (await this.#ask(PACKET.READ, [handle, BigInt(offset), length])).fields.bytes();
    } catch (error) {
      if (error instanceof SftpRefusal && error.status === STATUS.EOF) return undefined;
      throw error;
    }
  }

  /** Nobody waits for it. */
  close(handle: Buffer): void {
    this.#ask(PACKET.CLOSE, [handle]).catch(() => undefined);
  }

  async #handle(type: number, fields: readonly Field[]): Promise<Buffer> {
    return (await this.#ask(type, fields)).fields.bytes();
  }

  async #ask(type: number, fields: readonly Field[]): Promise<Answer> {
    const id = this.#next;
    this.#next = id === 0xffff_ffff ? 1 : id + 1;
    const answer = await this.#await(id, encodePacket(type, [id, ...fields]));
    if (answer.type !== PACKET.STATUS) return answer;
    const status = answer.fields.uint32();
    if (status === STATUS.OK) return answer;
    throw new SftpRefusal(status, answer.fields.text());
  }

  #await(id: number, packet: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) {
        reject(this.#end);
        return;
      }
      this.#pending.set(id, { resolve, reject });
      this.#input.write(packet);
    });
  }

  #take(bytes: Buffer, splitter: PacketSplitter): void {
    try {
      for (const packet of splitter.push(bytes)) {
        const fields = new PacketReader(packet);
        const type = fields.byte();
        const id = type === PACKET.VERSION ? HELLO : fields.uint32();
        const pending = this.#pending.get(id);
        this.#pending.delete(id);
        pending?.resolve({ type, fields });
      }
    } catch {
      this.fail(new SftpEnded('the server does not speak SFTP'));
    }
  }
}

/** The first packet has no number. */
const HELLO = 0;
