import { PassThrough } from 'node:stream';
import {
  encodePacket,
  PACKET,
  PacketReader,
  PacketSplitter,
  STATUS,
} from '../../src/sources/artifacts/sftp/packets.ts';
import { SftpSession } from '../../src/sources/artifacts/sftp/session.ts';

export interface FakeSftpOptions {
  /** Names of the one folder `/m`, hostile ones included, and what is in each. */
  readonly files: Readonly<Record<string, string>>;
  /** Bytes that a read gives at most; a real server may give fewer than asked for. */
  readonly readLimit?: number;
  /** How an answer is cut into pieces; absent: not at all. */
  readonly cut?: (answer: Buffer) => readonly Buffer[];
  /** Answers before the connection ends. */
  readonly answers?: number;
}

const FILE_MODE = 0o100644;
const NUMBER = { size: 1, mode: 4, times: 8 };

/** A session with a server of SFTP that lives in this process: one folder of text files. */
export async function fakeSftp(options: FakeSftpOptions): Promise<SftpSession> {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const splitter = new PacketSplitter();
  let left = options.answers ?? Infinity;
  const listed = new Set<string>();
  toServer.on('data', (bytes: Buffer) => {
    for (const packet of splitter.push(bytes)) {
      if (left <= 0) return;
      left -= 1;
      const answer = answerTo(new PacketReader(packet), options, listed);
      for (const piece of options.cut?.(answer) ?? [answer]) toClient.write(piece);
      if (left <= 0) toClient.destroy();
    }
  });
  const session = new SftpSession({ input: toServer, output: toClient });
  await session.begin();
  return session;
}

function answerTo(
  request: PacketReader,
  { files, readLimit = Infinity }: FakeSftpOptions,
  listed: Set<string>,
): Buffer {
  const type = request.byte();
  if (type === PACKET.INIT) return encodePacket(PACKET.VERSION, [3]);
  const id = request.uint32();
  const status = (code: number): Buffer => encodePacket(PACKET.STATUS, [id, code, `status ${code}`, 'en']);
  const subject = type === PACKET.REALPATH ? '' : request.bytes().toString();
  const content = files[subject.replace(/^\/m\//, '')];
  switch (type) {
    case PACKET.OPENDIR:
      return subject === '/m' ? encodePacket(PACKET.HANDLE, [id, `dir ${id}`]) : status(STATUS.NO_SUCH_FILE);
    case PACKET.READDIR:
      if (listed.has(subject)) return status(STATUS.EOF);
      listed.add(subject);
      return names(id, files);
    case PACKET.OPEN:
      return content === undefined ? status(STATUS.NO_SUCH_FILE) : encodePacket(PACKET.HANDLE, [id, subject]);
    case PACKET.FSTAT:
      return encodePacket(PACKET.ATTRS, [id, ...attributesOf(content ?? '')]);
    case PACKET.READ: {
      const offset = request.uint64();
      const bytes = Buffer.from(content ?? '').subarray(
        offset,
        offset + Math.min(request.uint32(), readLimit),
      );
      return bytes.length === 0 ? status(STATUS.EOF) : encodePacket(PACKET.DATA, [id, bytes]);
    }
    default:
      return status(STATUS.OK);
  }
}

function attributesOf(content: string): readonly (number | bigint)[] {
  return [NUMBER.size | NUMBER.mode | NUMBER.times, BigInt(Buffer.byteLength(content)), FILE_MODE, 7, 7];
}

function names(id: number, files: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(files);
  return encodePacket(PACKET.NAME, [
    id,
    entries.length,
    ...entries.flatMap(([name, content]) => [name, `-rw ${name}`, ...attributesOf(content)]),
  ]);
}
