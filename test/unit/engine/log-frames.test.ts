import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../../src/engine/line-splitter.ts';
import { readLogLines } from '../../../src/engine/log-frames.ts';
import { collect, everyCut, singleBytes, streamOf } from '../../support/chunks.ts';
import { failureOf } from '../../support/failure.ts';

function frame(stream: 'stdout' | 'stderr', payload: Buffer | string): Buffer {
  const bytes = Buffer.from(payload);
  const header = Buffer.alloc(8);
  header.writeUInt8(stream === 'stdout' ? 1 : 2, 0);
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

describe('readLogLines', () => {
  const umlaut = Buffer.from('ü');
  const bytes = Buffer.concat([
    frame('stdout', 'one\ntw'),
    frame('stderr', 'oops\r\n'),
    frame('stdout', ''),
    // A character in two frames, with the other stream between them.
    frame('stdout', Buffer.concat([Buffer.from('o '), umlaut.subarray(0, 1)])),
    frame('stderr', 'still '),
    frame('stdout', Buffer.concat([umlaut.subarray(1), Buffer.from('\n\nlast')])),
    frame('stderr', 'wrong'),
  ]);
  const lines = [
    { stream: 'stdout', line: 'one' },
    { stream: 'stderr', line: 'oops' },
    { stream: 'stdout', line: 'two ü' },
    { stream: 'stdout', line: '' },
    { stream: 'stdout', line: 'last' },
    { stream: 'stderr', line: 'still wrong' },
  ];

  it('reads the same lines wherever the bytes are cut', async () => {
    for (const chunks of everyCut(bytes))
      expect(await collect(readLogLines(streamOf(chunks)))).toEqual(lines);
    expect(await collect(readLogLines(streamOf(singleBytes(bytes))))).toEqual(lines);
  });

  it('keeps the lines of a stream that breaks', async () => {
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { line } of readLogLines(streamOf([bytes], new Error('broken')))) seen.push(line);
    })();
    await expect(reading).rejects.toThrow('broken');
    expect(seen).toEqual(['one', 'oops', 'two ü', '']);
  });

  it('does not guess at a frame of an unknown kind', async () => {
    const strange = frame('stdout', 'x');
    strange.writeUInt8(77, 0);
    expect((await failureOf(collect(readLogLines(streamOf([strange]))))).code).toBe('ENGINE_FAILED');
  });
});

describe('LineSplitter', () => {
  it('gives the lines of a text however it is cut', () => {
    const text = fc
      .array(fc.constantFrom('a', 'ü', '🐳', '\n', ' '), { maxLength: 30 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.infiniteStream(fc.nat({ max: 5 })), (whole, sizes) => {
        const bytes = Buffer.from(whole);
        const splitter = new LineSplitter();
        const lines: string[] = [];
        for (let at = 0; at < bytes.length;) {
          const size = Number(sizes.next().value);
          lines.push(...splitter.push(bytes.subarray(at, at + size)));
          at += size;
        }
        lines.push(...splitter.flush());
        expect(lines).toEqual(
          whole.split('\n').slice(0, whole.endsWith('\n') || whole === '' ? -1 : undefined),
        );
      }),
    );
  });

  it('keeps the last drawing of a progress bar', () => {
    const splitter = new LineSplitter();
    expect(splitter.push('10%\r50%\r100%\r\nnext\r\r\n')).toEqual(['100%', 'next']);
    expect(splitter.push('half\rwhole')).toEqual([]);
    expect(splitter.flush()).toEqual(['whole']);
    expect(splitter.flush()).toEqual([]);
  });

  it('hands a line without an end on in pieces', () => {
    const splitter = new LineSplitter();
    const pieces = splitter.push('x'.repeat(200 * 1024));
    expect(pieces.length).toBe(3);
    expect([...pieces, ...splitter.flush()].join('')).toHaveLength(200 * 1024);
  });
});
