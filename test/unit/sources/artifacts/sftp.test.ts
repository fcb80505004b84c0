import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { provideAskpass } from '../../../../src/sources/artifacts/sftp/askpass.ts';
import { fileBody } from '../../../../src/sources/artifacts/sftp/file-body.ts';
import { listTree } from '../../../../src/sources/artifacts/sftp/list-tree.ts';
import { encodePacket, PacketSplitter } from '../../../../src/sources/artifacts/sftp/packets.ts';
import { SftpEnded, type SftpSession } from '../../../../src/sources/artifacts/sftp/session.ts';
import { fakeSftp } from '../../../support/fake-sftp.ts';
import { rejection } from '../../../support/errors.ts';
import { runs } from '../../../support/runs.ts';

const signal = new AbortController().signal;
const TREE = { root: '/m', shown: 'the folder', signal };
const BIG = Array.from({ length: 20_000 }, (_, index) => String(index % 10)).join('');

interface Came {
  readonly text: string;
  readonly broken: string | undefined;
}

async function readAll(session: SftpSession, path: string, start = 0): Promise<Came> {
  const handle = await session.open(path);
  const { size } = await session.statHandle(handle);
  let text = '';
  for await (const piece of fileBody({ session, handle, start, end: size, signal }).pieces()) {
    if (piece.kind === 'broken') return { text, broken: piece.reason };
    text += Buffer.from(piece.bytes).toString();
  }
  return { text, broken: undefined };
}

describe('a session of SFTP', () => {
  it('lists and reads, from the middle as well', async () => {
    const session = await fakeSftp({ files: { MLmodel: 'a: 1', big: BIG } });
    expect(await listTree(session, TREE)).toEqual([
      { path: 'MLmodel', size: 4, version: '7-4', ranges: 'supported' },
      { path: 'big', size: 20_000, version: '7-20000', ranges: 'supported' },
    ]);
    expect(await readAll(session, '/m/big')).toEqual({ text: BIG, broken: undefined });
    expect(await readAll(session, '/m/big', 19_990)).toEqual({ text: BIG.slice(19_990), broken: undefined });
  });

  it('asks again for what a short read left out', async () => {
    const session = await fakeSftp({ files: { big: BIG }, readLimit: 999 });
    expect(await readAll(session, '/m/big')).toEqual({ text: BIG, broken: undefined });
  });

  it.each(['../../x', '/etc/x', 'a/../b', 'a\\b', 'a\nb', '', 'a/'])(
    'refuses a server that lists %j',
    async (name) => {
      const session = await fakeSftp({ files: { [name]: 'x' } });
      expect(await rejection(listTree(session, TREE))).toMatchObject({ code: 'STORE_FAILED' });
    },
  );

  it('lists nothing where there is no folder', async () => {
    const session = await fakeSftp({ files: {} });
    expect(await listTree(session, { ...TREE, root: '/other' })).toEqual([]);
  });

  it('reads the same however the answers are cut', async () => {
    const cutAt = fc.array(fc.nat(400), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(cutAt, async (places) => {
        const cut = (answer: Buffer): readonly Buffer[] => {
          const marks = [0, ...[...places].sort((a, b) => a - b), answer.length];
          return marks
            .slice(1)
            .map((mark, index) => answer.subarray(marks[index], Math.max(mark, marks[index]!)));
        };
        const text = BIG.slice(0, 300);
        const session = await fakeSftp({ files: { a: text }, cut });
        expect(await readAll(session, '/m/a')).toEqual({ text, broken: undefined });
      }),
      { numRuns: runs(200) },
    );
  });

  it('ends every request when the connection does, wherever that is', async () => {
    for (let answers = 1; answers < 5; answers += 1) {
      const session = await fakeSftp({ files: { a: BIG }, answers, readLimit: 5000 });
      const work = readAll(session, '/m/a').catch((error: unknown) => error);
      const outcome = await work;
      if (outcome instanceof SftpEnded) expect(answers).toBeLessThan(3);
      else expect(outcome).toMatchObject({ broken: 'the connection ended' });
      expect(session.isOver).toBe(true);
      await expect(session.open('/m/a')).rejects.toBeInstanceOf(SftpEnded);
    }
  });
});

describe('PacketSplitter', () => {
  it('cuts what came in any pieces into the same packets', () => {
    const packet = fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 50 }));
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 8 }), fc.integer({ min: 1, max: 40 }), (packets, step) => {
        const whole = Buffer.concat(packets.map(([type, bytes]) => encodePacket(type, [Buffer.from(bytes)])));
        const splitter = new PacketSplitter();
        const found: Buffer[] = [];
        for (let at = 0; at < whole.length; at += step)
          for (const one of splitter.push(whole.subarray(at, at + step))) found.push(Buffer.from(one));
        expect(found.map((one) => [one[0], [...one.subarray(5)]])).toEqual(
          packets.map(([type, bytes]) => [type, [...bytes]]),
        );
      }),
      { numRuns: runs(500) },
    );
  });

  it('refuses what a shell prints', () => {
    expect(() => [...new PacketSplitter().push(Buffer.from('Welcome to host\n'))]).toThrow(RangeError);
  });
});

describe('the program that tells ssh a password', () => {
  it('answers a prompt for a password, and nothing else; its file holds no secret', async () => {
    const askpass = await provideAskpass("hun'ter 2$x");
    const program = askpass.env['SSH_ASKPASS']!;
    const ask = (prompt: string): string =>
      execFileSync(program, [prompt], { env: { ...process.env, ...askpass.env }, encoding: 'utf8' });
    expect(ask("me@host's password: ")).toBe("hun'ter 2$x\n");
    expect(() => ask('Are you sure you want to continue connecting (yes/no)? ')).toThrow();
    expect(() => ask("Enter passphrase for key '/k': ")).toThrow();
    expect(readFileSync(program, 'utf8')).not.toContain('hun');
    await askpass.remove();
    expect(existsSync(program)).toBe(false);
  });
});
