/**
 * Packets of the SSH File Transfer Protocol, version 3, which every server speaks (draft-ietf-secsh-filexfer-02): a length, a type and
 * fields. Only what reading needs.
 */
export const PACKET = {
  INIT: 1,
  VERSION: 2,
  OPEN: 3,
  CLOSE: 4,
  READ: 5,
  LSTAT: 7,
  FSTAT: 8,
  OPENDIR: 11,
  READDIR: 12,
  REALPATH: 16,
  STAT: 17,
  STATUS: 101,
  HANDLE: 102,
  DATA: 103,
  NAME: 104,
  ATTRS: 105,
} as const;

export const STATUS = { OK: 0, EOF: 1, NO_SUCH_FILE: 2, PERMISSION_DENIED: 3, FAILURE: 4 } as const;

export interface FileAttributes {
  readonly type: 'file' | 'folder' | 'link' | 'other';
  readonly size?: number;
  /** Seconds since 1970. */
  readonly modified?: number;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly attributes: FileAttributes;
}

/** The bytes of a packet, its length included. */
export function encodePacket(type: number, fields: readonly (Buffer | string | number | bigint)[]): Buffer {
  const parts = fields.map(encodeField);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + parts.reduce((sum, part) => sum + part.length, 0));
  head.writeUInt8(type, 4);
  return Buffer.concat([head, ...parts]);
}

function encodeField(field: Buffer | string | number | bigint): Buffer {
  if (typeof field === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(field);
    return bytes;
  }
  if (typeof field === 'bigint') {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(field);
    return bytes;
  }
  const bytes = typeof field === 'string' ? Buffer.from(field, 'utf8') : field;
  return Buffer.concat([encodeField(bytes.length), bytes]);
}

/** Reads the fields of a packet in their order. Throws RangeError behind its end. */
export class PacketReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    return this.#take(1).readUInt8();
  }

  uint32(): number {
    return this.#take(4).readUInt32BE();
  }

  uint64(): number {
    return Number(this.#take(8).readBigUInt64BE());
  }

  bytes(): Buffer {
    return this.#take(this.uint32());
  }

  text(): string {
    return this.bytes().toString('utf8');
  }

  attributes(): FileAttributes {
    const flags = this.uint32();
    const size = (flags & 1) === 0 ? undefined : this.uint64();
    if ((flags & 2) !== 0) this.#take(8);
    const mode = (flags & 4) === 0 ? undefined : this.uint32();
    const times = (flags & 8) === 0 ? undefined : this.#take(8);
    if ((flags & 0x8000_0000) !== 0)
      for (let pairs = this.uint32(); pairs > 0; pairs -= 1) {
        this.bytes();
        this.bytes();
      }
    return {
      type: typeOf(mode),
      ...(size === undefined ? {} : { size }),
      ...(times === undefined ? {} : { modified: times.readUInt32BE(4) }),
    };
  }

  entries(): readonly DirectoryEntry[] {
    const count = this.uint32();
    const entries: DirectoryEntry[] = [];
    for (let index = 0; index < count; index += 1) {
      const name = this.text();
      this.bytes(); // a line as `ls -l` prints it
      entries.push({ name, attributes: this.attributes() });
    }
    return entries;
  }

  #take(count: number): Buffer {
    const from = this.#at;
    if (from + count > this.#bytes.length) throw new RangeError('the packet is too short');
    this.#at += count;
    return this.#bytes.subarray(from, this.#at);
  }
}

const TYPES: Readonly<Record<number, FileAttributes['type']>> = {
  0o04: 'folder',
  0o10: 'file',
  0o12: 'link',
};

/** A server that tells no mode is taken to speak of a file. */
const typeOf = (mode: number | undefined): FileAttributes['type'] =>
  mode === undefined ? 'file' : (TYPES[mode >> 12] ?? 'other');

/** No server sends more at once; a longer one is not of this protocol, such as what a shell of the other side prints. */
const MAX_PACKET = 1024 * 1024;

/** Cuts a stream of bytes into packets, type first. Throws RangeError for what is no packet. */
export class PacketSplitter {
  #pieces: Buffer[] = [];
  #size = 0;

  *push(bytes: Buffer): Generator<Buffer, void, undefined> {
    this.#pieces.push(bytes);
    this.#size += bytes.length;
    while (this.#size >= 4) {
      const length = this.#peek(4).readUInt32BE();
      if (length < 1 || length > MAX_PACKET) throw new RangeError('what came is no packet');
      if (this.#size < 4 + length) return;
      const packet = this.#peek(4 + length).subarray(4, 4 + length);
      this.#drop(4 + length);
      yield packet;
    }
  }

  /** The first bytes in one piece; only as many pieces are joined as that takes. */
  #peek(count: number): Buffer {
    const [first] = this.#pieces;
    if (first !== undefined && first.length >= count) return first;
    let joined = 0;
    let size = 0;
    while (size < count) size += this.#pieces[joined++]?.length ?? count;
    const whole = Buffer.concat(this.#pieces.slice(0, joined));
    this.#pieces.splice(0, joined, whole);
    return whole;
  }

  #drop(count: number): void {
    const [first] = this.#pieces;
    if (first === undefined) return;
    this.#size -= count;
    if (first.length === count) this.#pieces.shift();
    else this.#pieces[0] = first.subarray(count);
  }
}
