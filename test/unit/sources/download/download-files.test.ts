import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { downloadFiles, type DownloadOutcome } from '../../../../src/sources/download/download-files.ts';
import { digestOfFile } from '../../../../src/sources/download/checksum.ts';
import { piecesOf } from '../../../../src/sources/download/pieces.ts';
import type { DownloadPolicy } from '../../../../src/sources/download/policy.ts';
import type { ArtifactPiece } from '../../../../src/sources/artifacts/port.ts';
import { rejection } from '../../../support/errors.ts';
import {
  bodyOf,
  brokenPiece,
  bytesPiece,
  memoryStore,
  type MemoryStore,
} from '../../../support/memory-store.ts';
import { temporaryFolders } from '../../../support/test-folders.ts';

const makeFolder = temporaryFolders();
const QUICK: DownloadPolicy = {
  parallel: 4,
  pieceBytes: 10,
  smallBytes: 0,
  retry: { attempts: 3, baseDelayMs: 1, maxDelayMs: 5 },
  slow: { bytesPerSecond: 1024, windowMs: 2000 },
};
const CONTENT = Buffer.from('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

interface Downloaded {
  readonly outcome: DownloadOutcome;
  readonly bytes: number;
  readonly read: (path: string) => Buffer;
}

async function download(
  store: MemoryStore,
  { policy = QUICK, target = makeFolder(), signal = new AbortController().signal } = {},
): Promise<Downloaded> {
  let bytes = 0;
  const outcome = await downloadFiles({
    files: store.listed.map((file) => ({ store, file })),
    target,
    signal,
    policy,
    onBytes: (count) => (bytes += count),
  });
  return { outcome, bytes, read: (path) => readFileSync(join(target, path)) };
}

describe('the parts of a file', () => {
  it('are the whole file, in order and without overlap', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 300 }), (size, pieceBytes) => {
        const pieces = piecesOf({ path: 'x', size, ranges: 'supported' }, pieceBytes);
        let position = 0;
        for (const { start, end = size } of pieces) {
          expect(start).toBe(position);
          expect(end - start).toBeLessThanOrEqual(pieces.length === 1 ? 2 * pieceBytes : pieceBytes);
          position = end;
        }
        expect(position).toBe(size);
      }),
    );
  });

  it.each(['to-resume', 'unsupported'] as const)('is one where ranges are %s', (ranges) => {
    expect(piecesOf({ path: 'x', size: 1000, ranges }, 10)).toEqual([{ start: 0 }]);
  });
});

describe('files', () => {
  it('come into their folders, large ones in pieces, with every byte counted once', async () => {
    const files = { 'a/b/large.bin': CONTENT, small: CONTENT.subarray(0, 5), empty: Buffer.alloc(0) };
    const store = memoryStore({ files });
    const { outcome, bytes, read } = await download(store);
    expect(outcome).toEqual({ kind: 'done' });
    for (const [path, content] of Object.entries(files)) expect(read(path)).toEqual(content);
    expect(store.reads.filter(({ path }) => path === 'a/b/large.bin')).toHaveLength(7);
    expect(bytes).toBe(CONTENT.length + 5);
  });

  it.each([
    ['supported', 0],
    ['to-resume', 0],
    ['unsupported', 0],
    ['to-resume', 1000],
    ['unsupported', 1000],
  ] as const)(
    'are right wherever a body breaks, with ranges %s, and in memory up to %d bytes',
    async (ranges, smallBytes) => {
      for (let cut = 0; cut <= CONTENT.length; cut += 3) {
        const store = memoryStore({
          files: { x: CONTENT },
          facts: { ranges, checksum: { algorithm: 'sha256', value: sha256(CONTENT) } },
          answer: ({ count }, bytes) =>
            count === 1 ? [bytesPiece(bytes.subarray(0, cut)), brokenPiece] : undefined,
        });
        const { bytes, read } = await download(store, { policy: { ...QUICK, pieceBytes: 1000, smallBytes } });
        expect(read('x')).toEqual(CONTENT);
        expect(bytes).toBe(CONTENT.length);
        expect(store.reads[1]?.range.start).toBe(ranges === 'unsupported' ? 0 : cut);
      }
    },
  );

  it('are right however often, and wherever, pieces break', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(12), { maxLength: 12 }), async (cuts) => {
        const left = [...cuts];
        const store = memoryStore({
          files: { x: CONTENT, y: CONTENT.subarray(3) },
          answer: (_, bytes) => {
            const cut = left.pop();
            return cut === undefined ? undefined : [bytesPiece(bytes.subarray(0, cut)), brokenPiece];
          },
        });
        const policy = { ...QUICK, retry: { attempts: 20, baseDelayMs: 0, maxDelayMs: 0 } };
        const { bytes, read } = await download(store, { policy });
        expect(read('x')).toEqual(CONTENT);
        expect(read('y')).toEqual(CONTENT.subarray(3));
        expect(bytes).toBe(2 * CONTENT.length - 3);
      }),
      { numRuns: 40 },
    );
  });

  it.each([0, 1000])(
    'begin anew when the store sends the whole file instead of the rest, in memory up to %d',
    async (smallBytes) => {
      const store = memoryStore({
        files: { x: CONTENT },
        facts: { ranges: 'to-resume' },
        answer: ({ count }, bytes) => {
          if (count === 1) return [bytesPiece(bytes.subarray(0, 9)), brokenPiece];
          const whole = bodyOf([bytesPiece(CONTENT)], CONTENT.length);
          return whole.kind === 'body' ? { kind: 'body', body: { ...whole.body, start: 0 } } : whole;
        },
      });
      const { bytes, read } = await download(store, { policy: { ...QUICK, smallBytes } });
      expect(read('x')).toEqual(CONTENT);
      expect(bytes).toBe(CONTENT.length);
    },
  );

  it('are tried again after a while when the store is busy', async () => {
    const store = memoryStore({
      files: { x: CONTENT },
      answer: ({ count }) => (count < 3 ? { kind: 'temporary', reason: '503', retryAfterMs: 1 } : undefined),
      facts: { ranges: 'to-resume' },
    });
    expect((await download(store)).read('x')).toEqual(CONTENT);
    expect(store.reads).toHaveLength(3);
  });

  it('that make progress are not given up, however often they break', async () => {
    const big = Buffer.alloc(2_000_000, 'x');
    const store = memoryStore({
      files: { big },
      facts: { ranges: 'to-resume' },
      answer: (_, bytes) => [
        bytesPiece(bytes.subarray(0, 300_000)),
        ...(bytes.length > 300_000 ? [brokenPiece] : []),
      ],
    });
    expect((await download(store)).read('big').equals(big)).toBe(true);
    expect(store.reads).toHaveLength(7);
  });

  it.each([
    ['break each time', [bytesPiece(CONTENT.subarray(0, 4)), brokenPiece], 'the connection was reset'],
    ['end too early', [bytesPiece(CONTENT.subarray(0, 4))], '4 bytes came instead of 62'],
  ])('end in one error when they %s', async (_, pieces: readonly ArtifactPiece[], reason) => {
    const store = memoryStore({
      files: { x: CONTENT },
      facts: { ranges: 'unsupported' },
      answer: () => pieces,
    });
    expect(await rejection(download(store))).toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: `the file 'x' did not come whole from the store of the test: ${reason}`,
    });
    expect(store.reads).toHaveLength(3);
  });

  it('that grew, or that the store says to have changed, are told', async () => {
    const grown = memoryStore({
      files: { x: CONTENT },
      facts: { ranges: 'to-resume' },
      answer: () => [bytesPiece(CONTENT), bytesPiece(CONTENT)],
    });
    expect((await download(grown)).outcome).toEqual({
      kind: 'changed',
      reason: "'x' is longer than the store said",
    });
    const changed = memoryStore({
      files: { x: CONTENT, y: CONTENT },
      answer: ({ path }) => (path === 'x' ? { kind: 'changed', reason: 'another ETag' } : undefined),
    });
    expect((await download(changed)).outcome).toEqual({ kind: 'changed', reason: 'another ETag' });
  });

  it('have the length of the answer when the listing has none', async () => {
    const store = memoryStore({ files: { x: CONTENT } });
    const file = { path: 'x', ranges: 'unsupported' } as const;
    const target = makeFolder();
    const request = { target, signal: new AbortController().signal, policy: QUICK, onBytes: () => undefined };
    await downloadFiles({ ...request, files: [{ store, file }] });
    expect(readFileSync(join(target, 'x'))).toEqual(CONTENT);
    const short = memoryStore({ files: { x: CONTENT }, answer: () => bodyOf([bytesPiece(CONTENT)], 100) });
    expect(
      (await rejection(downloadFiles({ ...request, files: [{ store: short, file }] }))).message,
    ).toContain('62 bytes came instead of 100');
  });
});

describe('a checksum', () => {
  const checksum = { algorithm: 'sha256', value: sha256(CONTENT).toUpperCase() } as const;

  it.each([1000, 10])('finds bytes that are wrong, in pieces of %d', async (pieceBytes) => {
    const store = memoryStore({
      files: { x: CONTENT },
      facts: { checksum },
      answer: ({ range }, bytes) =>
        range.start === 0 ? [bytesPiece(Buffer.alloc(bytes.length, 'x'))] : undefined,
    });
    const error = await rejection(download(store, { policy: { ...QUICK, pieceBytes } }));
    expect(error.code).toBe('DOWNLOAD_FAILED');
    expect(error.message).toContain('its sha256 is');
  });

  it.each([
    ['in one piece', 1000, 0],
    ['in pieces', 10, 0],
    ['in one piece that broke before it was told', 1000, 1],
  ])('that only the answer tells is compared too, %s', async (_, pieceBytes, toldAfter) => {
    const wrong = memoryStore({
      files: { x: CONTENT },
      answer: ({ count }, bytes) => {
        const told = bodyOf([bytesPiece(bytes)], bytes.length);
        if (count <= toldAfter) return [bytesPiece(bytes.subarray(0, 5)), brokenPiece];
        const value = '0'.repeat(64);
        if (told.kind !== 'body') return told;
        return { kind: 'body', body: { ...told.body, checksum: { algorithm: 'sha256', value } } };
      },
    });
    const error = await rejection(download(wrong, { policy: { ...QUICK, pieceBytes } }));
    expect(error.message).toContain(`its sha256 is ${sha256(CONTENT)} instead of 000`);
  });

  it('that is right at the second attempt is enough', async () => {
    const store = memoryStore({
      files: { x: CONTENT },
      facts: { checksum, ranges: 'to-resume' },
      answer: ({ count }, bytes) => (count === 1 ? [bytesPiece(Buffer.alloc(bytes.length, 'x'))] : undefined),
    });
    const { bytes, read } = await download(store);
    expect(read('x')).toEqual(CONTENT);
    expect(bytes).toBe(CONTENT.length);
    expect(store.reads.map(({ range }) => range.start)).toEqual([0, 0]);
  });

  it.each([
    ['crc32c', '', '00000000'],
    // RFC 3720, appendix B.4, as a number
    ['crc32c', '123456789', 'e3069283'],
    ['md5', '123456789', '25f9e794323b453885f5181f1b624d0b'],
    ['sha1', '123456789', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
  ] as const)('by %s of %j is %s', async (algorithm, text, value) => {
    const target = makeFolder();
    const store = memoryStore({ files: { x: Buffer.from(text) }, facts: { checksum: { algorithm, value } } });
    await download(store, { target });
    expect(await digestOfFile(join(target, 'x'), algorithm, new AbortController().signal)).toBe(value);
  });
});

describe('a store that is too slow', () => {
  const slow = { bytesPerSecond: 1000, windowMs: 100 };

  function endless(everyMs: number): MemoryStore {
    const store = memoryStore({ files: { x: Buffer.alloc(10_000) }, facts: { ranges: 'to-resume' } });
    return {
      ...store,
      read: (_file, _range, signal) =>
        Promise.resolve({
          kind: 'body',
          body: {
            async *pieces() {
              for (;;) {
                await new Promise((resolve, reject) => {
                  const timer = setTimeout(resolve, everyMs);
                  signal.addEventListener('abort', () => {
                    clearTimeout(timer);
                    reject(new Error('aborted'));
                  });
                });
                yield bytesPiece(Buffer.from('x'));
              }
            },
            discard: () => Promise.resolve(),
          },
        }),
    };
  }

  it.each([
    ['trickles', 20, /only \d+ bytes came in 0 s/],
    ['falls silent', 60_000, /nothing came in 0 s/],
  ])('is given up when it %s', async (_, everyMs, reason) => {
    const error = await rejection(download(endless(everyMs), { policy: { ...QUICK, slow } }));
    expect(error.code).toBe('DOWNLOAD_FAILED');
    expect(error.message).toMatch(reason);
  });

  it('is left at once when the work is interrupted', async () => {
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort();
    }, 20);
    const work = download(endless(60_000), { signal: controller.signal });
    expect((await rejection(work)).code).toBe('INTERRUPTED');
  });
});

describe('a disk', () => {
  it.runIf(process.platform === 'linux').each([0, 1000])(
    'that is full ends in one error, in memory up to %d',
    async (smallBytes) => {
      const target = makeFolder();
      symlinkSync('/dev/full', join(target, 'x'));
      const store = memoryStore({ files: { x: CONTENT }, facts: { ranges: 'to-resume' } });
      expect(await rejection(download(store, { target, policy: { ...QUICK, smallBytes } }))).toMatchObject({
        code: 'DOWNLOAD_FAILED',
        exitCode: 3,
        message: expect.stringContaining('cannot be written: the disk is full') as string,
        hint: expect.stringContaining('caisson cache prune') as string,
      });
    },
  );

  it('that holds a folder where a file must go ends in one error', async () => {
    const target = makeFolder();
    mkdirSync(join(target, 'x'));
    const store = memoryStore({ files: { x: CONTENT } });
    expect((await rejection(download(store, { target }))).code).toBe('DOWNLOAD_FAILED');
  });
});
