import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { extract, type Header } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packContext } from '../../../src/engine/context-tar.ts';
import type { BuildContext, ContextEntry } from '../../../src/image/build-context.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'caisson-tar-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const never = new AbortController().signal;

function text(path: string, content: string): ContextEntry {
  return { path, content: { kind: 'text', text: content } };
}

async function file(path: string, content: string | Buffer): Promise<ContextEntry> {
  const source = join(folder, createHash('sha256').update(path).digest('hex'));
  await writeFile(source, content);
  return { path, content: { kind: 'file', source, size: Buffer.byteLength(content) } };
}

async function bytesOf(context: BuildContext): Promise<Buffer> {
  return Buffer.concat(await packContext({ context }, never).stream.toArray());
}

async function entriesOf(tar: Buffer): Promise<readonly { header: Header; text: string }[]> {
  const entries: { header: Header; text: string }[] = [];
  for await (const entry of Readable.from([tar]).pipe(extract())) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
    entries.push({ header: entry.header, text: Buffer.concat(chunks).toString() });
  }
  return entries;
}

/** What a failed read gave before its end, and why it failed. */
async function readUntilFailure(context: BuildContext, signal = never): Promise<unknown> {
  const tar = packContext({ context }, signal);
  await expect(tar.stream.toArray()).rejects.toThrow();
  return tar.failure();
}

describe('packContext', () => {
  it('has every parent once, everything sorted, and nothing that differs between machines', async () => {
    const entries = [
      await file('model/deep/er/weights.bin', 'weights'),
      text('model/deep-file', ''),
      text('Dockerfile', 'FROM scratch\n'),
      text('model/ü/é', 'unicode'),
    ];
    const found = await entriesOf(await bytesOf({ entries }));
    expect(found.map(({ header }) => header.name)).toEqual([
      'Dockerfile',
      'model/',
      'model/deep/',
      'model/deep-file',
      'model/deep/er/',
      'model/deep/er/weights.bin',
      'model/ü/',
      'model/ü/é',
    ]);
    for (const { header } of found) {
      const mode = header.type === 'directory' ? 0o755 : 0o644;
      expect(header).toMatchObject({ mode, uid: 0, gid: 0, mtime: new Date(0) });
    }
    expect(found.map((entry) => entry.text).filter((each) => each !== '')).toEqual([
      'FROM scratch\n',
      'weights',
      'unicode',
    ]);
  });

  it('has the time of SOURCE_DATE_EPOCH, where there is one', async () => {
    const entries = [text('model/MLmodel', 'x'), await file('model/weights', 'y')];
    const { stream } = packContext({ context: { entries }, sourceDateEpoch: 1_735_689_600 }, never);
    const found = await entriesOf(Buffer.concat(await stream.toArray()));
    expect(found.map(({ header }) => header.mtime)).toEqual(
      Array<Date>(3).fill(new Date('2025-01-01T00:00:00Z')),
    );
  });

  it('is the same bytes for the same context, in any order and at any time', async () => {
    const entries = [
      await file('b/model.bin', Buffer.alloc(300_000, 7)),
      text('a', 'x'),
      text(`${'long/'.repeat(60)}name`, 'y'),
    ];
    const hash = async (context: BuildContext): Promise<string> =>
      createHash('sha256')
        .update(await bytesOf(context))
        .digest('hex');
    const first = await hash({ entries });
    const [{ content }] = entries as [ContextEntry];
    if (content.kind === 'file') await utimes(content.source, new Date(1e12), new Date(1e12));
    expect(await hash({ entries: entries.toReversed() })).toBe(first);
    expect(await hash({ entries: [...entries, text('c', '')] })).not.toBe(first);
  });

  it('has known bytes', async () => {
    const tar = await bytesOf({
      entries: [text('Dockerfile', 'FROM scratch\n'), text('model/MLmodel', 'flavors: {}\n')],
    });
    expect(createHash('sha256').update(tar).digest('hex')).toBe(
      'b7c92895b2f1e1c08539c8de953e1c30ff10e4f4c460e3b64e0b1d0cd823baf8',
    );
  });

  it('carries paths of any length', async () => {
    const path = `${'very-long-folder-name/'.repeat(20)}${'n'.repeat(200)}`;
    const found = await entriesOf(await bytesOf({ entries: [text(path, 'here')] }));
    expect(found.at(-1)).toMatchObject({ header: { name: path }, text: 'here' });
  });

  it('carries an empty context and an empty file', async () => {
    expect(await entriesOf(await bytesOf({ entries: [] }))).toEqual([]);
    expect((await entriesOf(await bytesOf({ entries: [await file('e', '')] }))).at(0)?.header.size).toBe(0);
  });

  it.each([
    ['grew', (source: string) => appendFile(source, 'more'), 'it grew'],
    ['shrank', (source: string) => truncate(source, 2), 'it has 2 bytes instead of 100000'],
    ['vanished', (source: string) => rm(source), 'ENOENT'],
  ])('tells of a file that %s', async (_, change, reason) => {
    const entry = await file('model/weights.bin', Buffer.alloc(100_000));
    if (entry.content.kind === 'file') await change(entry.content.source);
    const error = await readUntilFailure({ entries: [entry] });
    expect(error).toMatchObject({ code: 'CONTEXT_CHANGED' });
    expect(String(error)).toContain("'model/weights.bin'");
    expect(String(error)).toContain(reason);
  });

  it('waits for its reader instead of filling the memory', async () => {
    const size = 64 * 1024 * 1024;
    const source = join(folder, 'large');
    await writeFile(source, '');
    await truncate(source, size);
    const entries: ContextEntry[] = [{ path: 'large', content: { kind: 'file', source, size } }];
    const { stream } = packContext({ context: { entries } }, never);
    let read = 0;
    const before = process.memoryUsage().arrayBuffers;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (read === 0) await sleep(100);
      if (read < size / 2) expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
      read += chunk.length;
    }
    expect(read).toBeGreaterThan(size);
  });

  it('stops when it is aborted, in the middle of a file', async () => {
    const controller = new AbortController();
    const entry = await file('large', Buffer.alloc(8 * 1024 * 1024));
    const tar = packContext({ context: { entries: [entry] } }, controller.signal);
    const reading = (async () => {
      for await (const chunk of tar.stream) if (chunk !== undefined) controller.abort();
    })();
    await expect(reading).rejects.toThrow();
    expect(tar.failure()).toMatchObject({ code: 'INTERRUPTED' });
  });

  it('lets go of the file when its reader leaves', async () => {
    const { stream } = packContext(
      { context: { entries: [await file('large', Buffer.alloc(8 * 1024 * 1024))] } },
      never,
    );
    const chunks = stream[Symbol.asyncIterator]();
    await chunks.next();
    await chunks.return?.();
    expect(stream.destroyed).toBe(true);
  });
});
