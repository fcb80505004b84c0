import { createHash, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { CaissonError } from '../../src/core/errors.ts';
import type { ArtifactStore, ByteRange, ReadOutcome, RemoteFile } from '../../src/sources/artifacts/port.ts';
import { rejection } from '../support/errors.ts';

/** A folder of a real store. */
export interface Place {
  put(path: string, content: Buffer): Promise<void>;
  remove(path: string): Promise<void>;
  /** The adapter at the folder, or at one below or beside it. */
  open(path?: string): Promise<ArtifactStore>;
}

export interface StoreSubject {
  /** Each call makes another, empty one. */
  place(): Promise<Place>;
  /** A place that refuses the login, and what must not be shown of that. */
  denied(): Promise<{ readonly store: ArtifactStore; readonly secret: string }>;
  unreachable(): Promise<ArtifactStore>;
}

export interface Differences {
  /** Names that the store can hold and a folder of this machine must not. */
  readonly hostile: readonly string[];
  readonly checksums: 'in the listing' | 'in the answer' | 'none';
}

const NAMES = ['MLmodel', 'code/a b.py', 'code/100%/+&=~.txt', 'data/é 日本.bin', "it's#1?.txt", 'empty'];

/** What every ArtifactStore promises. */
export function artifactStoreContract(
  subject: () => StoreSubject,
  { hostile, checksums }: Differences,
): void {
  const opened: ArtifactStore[] = [];
  const signal = new AbortController().signal;
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
  });

  async function open(place: Place, path?: string): Promise<ArtifactStore> {
    const store = await place.open(path);
    opened.push(store);
    return store;
  }

  async function bytesOf(outcome: ReadOutcome): Promise<Buffer> {
    if (outcome.kind !== 'body') throw new TypeError(`${outcome.kind}: ${outcome.reason}`);
    const bytes: Uint8Array[] = [];
    for await (const piece of outcome.body.pieces()) {
      if (piece.kind === 'broken') throw new TypeError(piece.reason);
      bytes.push(piece.bytes);
    }
    const whole = Buffer.concat(bytes);
    if (outcome.body.length !== undefined) expect(whole.length).toBe(outcome.body.length);
    return whole;
  }

  const read = async (store: ArtifactStore, file: RemoteFile, range: ByteRange): Promise<Buffer> =>
    bytesOf(await store.read(file, range, signal));

  async function single(path: string, content: Buffer): Promise<Single> {
    const place = await subject().place();
    await place.put(path, content);
    const store = await open(place);
    const [file] = await store.list(signal);
    return { place, store, file: file! };
  }

  it('lists every file with its size, and reads each whole', async () => {
    const place = await subject().place();
    const contents = new Map(NAMES.map((name) => [name, Buffer.from(name === 'empty' ? '' : `of ${name}`)]));
    for (const [path, content] of contents) await place.put(path, content);
    const store = await open(place);
    const files = await store.list(signal);
    expect(files.map(({ path }) => path).sort()).toEqual([...NAMES].sort());
    for (const file of files) {
      expect(file).toMatchObject({ size: contents.get(file.path)!.length, ranges: 'supported' });
      same(await read(store, file, { start: 0 }), contents.get(file.path));
    }
  });

  it('lists what is below its own folder only', async () => {
    const place = await subject().place();
    await place.put('model/MLmodel', Buffer.from('1'));
    await place.put('model-2/MLmodel', Buffer.from('2'));
    const store = await open(place, 'model');
    expect((await store.list(signal)).map(({ path }) => path)).toEqual(['MLmodel']);
  });

  it('lists nothing where nothing is', async () => {
    const store = await open(await subject().place(), 'no/such/folder');
    expect(await store.list(signal)).toEqual([]);
  });

  it('lists more files than fit on a page', async () => {
    const place = await subject().place();
    const names = Array.from({ length: 1100 }, (_, index) => `f${index}`);
    for (let at = 0; at < names.length; at += 50)
      await Promise.all(names.slice(at, at + 50).map((name) => place.put(name, Buffer.from('x'))));
    expect(await (await open(place)).list(signal)).toHaveLength(1100);
  });

  describe('a file of 3 MB', () => {
    const content = randomBytes(3_000_001);

    it('is read from the middle, to the middle, and in several ranges at once', async () => {
      const { store, file } = await single('big', content);
      same(await read(store, file, { start: 2_000_000 }), content.subarray(2_000_000));
      same(await read(store, file, { start: 7, end: 8 }), content.subarray(7, 8));
      const starts = [0, 1_000_000, 2_000_000];
      const parts = await Promise.all(
        starts.map((start) => read(store, file, { start, end: Math.min(start + 1_000_000, content.length) })),
      );
      same(Buffer.concat(parts), content.subarray(0, 3_000_000));
    });

    it(`has its checksum ${checksums}`, async () => {
      const { store, file } = await single('big', content);
      const outcome = await store.read(file, { start: 5, end: 10 }, signal);
      const inAnswer = outcome.kind === 'body' ? outcome.body.checksum : undefined;
      if (outcome.kind === 'body') await outcome.body.discard();
      const md5 = { algorithm: 'md5', value: createHash('md5').update(content).digest('hex') };
      expect(file.checksum).toEqual(checksums === 'in the listing' ? md5 : undefined);
      expect(inAnswer).toEqual(checksums === 'in the answer' ? md5 : undefined);
    });

    it('is let go of after its first piece', async () => {
      const { store, file } = await single('big', content);
      for (let count = 0; count < 80; count += 1) {
        const outcome = await store.read(file, { start: 0 }, signal);
        if (outcome.kind !== 'body') throw new TypeError(outcome.kind);
        if (count % 2 === 0) await outcome.body.discard();
        else for await (const piece of outcome.body.pieces()) if (piece.kind === 'bytes') break;
      }
      same(await read(store, file, { start: 3_000_000 }), content.subarray(3_000_000));
    });

    it('ends with the reason of the signal while it is read', async () => {
      const { store, file } = await single('big', content);
      const controller = new AbortController();
      const outcome = await store.read(file, { start: 0 }, controller.signal);
      if (outcome.kind !== 'body') throw new TypeError(outcome.kind);
      const reason = new CaissonError('TERMINATED', 'terminated');
      const reading = async (): Promise<void> => {
        for await (const piece of outcome.body.pieces()) {
          expect(piece.kind).toBe('bytes');
          controller.abort(reason);
        }
      };
      expect(await rejection(reading())).toBe(reason);
    });
  });

  it('asks nothing when the signal has aborted', async () => {
    const { store, file } = await single('a', Buffer.from('a'));
    const reason = new CaissonError('TERMINATED', 'terminated');
    const aborted = AbortSignal.abort(reason);
    expect(await rejection(store.list(aborted))).toBe(reason);
    expect(await rejection(store.read(file, { start: 0 }, aborted))).toBe(reason);
  });

  it('sees that a file was written anew, at the same length, or removed', async () => {
    const { place, store, file } = await single('a', Buffer.from('old'));
    // SFTP knows the time of a change in seconds
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await place.put('a', Buffer.from('new'));
    expect(await store.read(file, { start: 0 }, signal)).toMatchObject({ kind: 'changed' });
    const [anew] = await store.list(signal);
    same(await read(store, anew!, { start: 0 }), Buffer.from('new'));
    await place.remove('a');
    expect(await store.read(anew!, { start: 0 }, signal)).toMatchObject({ kind: 'changed' });
  });

  it.each(hostile)('refuses the name %j', async (name) => {
    const place = await subject().place();
    await place.put(name, Buffer.from('x'));
    const store = await open(place);
    expect(await rejection(store.list(signal))).toMatchObject({ code: 'STORE_FAILED' });
  });

  it('says that the login is refused, and shows nothing of it', async () => {
    const { store, secret } = await subject().denied();
    opened.push(store);
    const error = await rejection(store.list(signal));
    expect(error.code).toBe('STORE_DENIED');
    expect(error.hint).not.toContain('MLFLOW_TRACKING');
    expect(`${error.message} ${error.hint ?? ''} ${error.detail ?? ''}`).not.toContain(secret);
  });

  it('says that the store cannot be reached', async () => {
    const store = await subject().unreachable();
    opened.push(store);
    expect(await rejection(store.list(signal))).toMatchObject({ code: 'STORE_UNREACHABLE' });
  });
}

/** Millions of bytes are not compared one by one. */
function same(bytes: Buffer, expected: Buffer | undefined): void {
  expect(bytes.length).toBe(expected?.length);
  expect(bytes.equals(expected ?? Buffer.of())).toBe(true);
}

interface Single {
  readonly place: Place;
  readonly store: ArtifactStore;
  readonly file: RemoteFile;
}
