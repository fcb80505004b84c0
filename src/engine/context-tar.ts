import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pack, type Header, type Pack } from 'tar-stream';
import { abortReason, CaissonError, isCaissonError, messageOf, throwIfAborted } from '../core/errors.ts';
import type { BuildContext, ContextEntry } from '../image/build-context.ts';
import type { BuildRequest } from './port.ts';

const DIRECTORY_MODE = 0o755;
const FILE_MODE = 0o644;

/** A context on its way to the engine. */
export interface ContextTar {
  readonly stream: Readable;
  /** Why the stream broke, once it did: the engine's own error then only tells that the upload ended early. */
  failure(): CaissonError | undefined;
}

/** The part of a BuildRequest that makes the tar. */
type TarInput = Pick<BuildRequest, 'context' | 'sourceDateEpoch'>;

/**
 * The context as a tar, made while it is read: files are opened one at a time and never held in memory. Entries are
 * sorted, parents come first, times, owners and modes are fixed, so that equal contexts are equal bytes. The stream
 * breaks with CONTEXT_CHANGED when a file is gone or has another size than the context says, and when the signal aborts.
 */
export function packContext({ context, sourceDateEpoch = 0 }: TarInput, signal: AbortSignal): ContextTar {
  const tar = pack();
  const stream = Readable.from(tar as AsyncIterable<Buffer>, { objectMode: false });
  let failure: CaissonError | undefined;
  const fail = (error: unknown): void => {
    // The first failure closes everything; what follows from that says nothing new. A reader who left needs none.
    if (failure !== undefined || tar.destroyed) return;
    failure = asFailure(error);
    tar.destroy(failure);
  };
  const stop = (): void => fail(abortReason(signal));
  signal.addEventListener('abort', stop, { once: true });
  // Whoever reads the stream gets the error; the same event of the tar, without a listener, would end the process.
  tar.on('error', () => undefined);
  stream.once('close', () => {
    signal.removeEventListener('abort', stop);
    tar.destroy();
  });
  fill(tar, { context, mtime: new Date(sourceDateEpoch * 1000) }, signal).catch(fail);
  return { stream, failure: () => failure };
}

interface Filling {
  readonly context: BuildContext;
  readonly mtime: Date;
}

async function fill(tar: Pack, { context, mtime }: Filling, signal: AbortSignal): Promise<void> {
  const folders = foldersOf(context.entries).map((path) => ({ path }));
  const all: readonly (ContextEntry | { readonly path: string })[] = [...folders, ...context.entries];
  for (const entry of [...all].sort((a, b) => compare(a.path, b.path))) {
    throwIfAborted(signal);
    if (!('content' in entry)) await addBuffer(tar, { ...directoryHeader(entry.path), mtime }, '');
    else if (entry.content.kind === 'text')
      await addBuffer(tar, { ...fileHeader(entry.path), mtime }, entry.content.text);
    else await addFile(tar, { path: entry.path, mtime, ...entry.content });
  }
  tar.finalize();
}

function foldersOf(entries: readonly ContextEntry[]): readonly string[] {
  const folders = new Set<string>();
  for (const { path } of entries) {
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1))
      folders.add(path.slice(0, slash));
  }
  return [...folders];
}

/** Code-unit order, which no locale changes. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

type HeaderFields = Partial<Header> & Pick<Header, 'name'>;

const fixed = { uid: 0, gid: 0 } as const;

function directoryHeader(path: string): HeaderFields {
  return { ...fixed, name: `${path}/`, type: 'directory', mode: DIRECTORY_MODE };
}

function fileHeader(path: string): HeaderFields {
  return { ...fixed, name: path, type: 'file', mode: FILE_MODE };
}

function addBuffer(tar: Pack, header: HeaderFields, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    tar.entry(header, text, settle(resolve, reject)).on('error', reject);
  });
}

function settle(resolve: () => void, reject: (error: Error) => void) {
  return (error?: Error | null): void => {
    if (error === null || error === undefined) resolve();
    else reject(error);
  };
}

interface FileEntry {
  readonly path: string;
  readonly mtime: Date;
  readonly source: string;
  readonly size: number;
}

async function addFile(tar: Pack, { path, mtime, source, size }: FileEntry): Promise<void> {
  const { sink, packed } = openEntry(tar, { ...fileHeader(path), mtime, size });
  const closed = new AbortController();
  sink.once('close', () => {
    closed.abort();
  });
  for await (const chunk of readExactly(path, { source, size })) {
    if (!sink.write(chunk)) await once(sink, 'drain', { signal: closed.signal });
  }
  sink.end(null);
  await packed;
}

interface OpenEntry {
  readonly sink: ReturnType<Pack['entry']>;
  /** Resolves when the entry is whole. */
  readonly packed: Promise<void>;
}

function openEntry(tar: Pack, header: HeaderFields): OpenEntry {
  let finish: (error?: Error | null) => void = () => undefined;
  const packed = new Promise<void>((resolve, reject) => {
    finish = settle(resolve, reject);
  });
  // It is awaited once the content is written; a failure before that has its own error.
  packed.catch(() => undefined);
  const sink = tar.entry(header, (error) => {
    finish(error);
  });
  sink.on('error', () => undefined);
  return { sink, packed };
}

/** Throws CONTEXT_CHANGED when the file does not have the size that its header will tell. */
async function* readExactly(
  path: string,
  { source, size }: { readonly source: string; readonly size: number },
): AsyncGenerator<Buffer, void, undefined> {
  let read = 0;
  try {
    // One byte more than expected is enough to see that the file grew.
    for await (const chunk of createReadStream(source, { end: size }) as AsyncIterable<Buffer>) {
      read += chunk.length;
      if (read > size) throw changed(path, 'it grew');
      yield chunk;
    }
  } catch (error) {
    throw isCaissonError(error) ? error : changed(path, messageOf(error));
  }
  if (read < size) throw changed(path, `it has ${read} bytes instead of ${size}`);
}

function changed(path: string, reason: string): CaissonError {
  return new CaissonError('CONTEXT_CHANGED', `file '${path}' changed while it was read: ${reason}`);
}

function asFailure(error: unknown): CaissonError {
  if (isCaissonError(error)) return error;
  const message = `the build context could not be packed: ${messageOf(error)}`;
  return new CaissonError('ENGINE_FAILED', message, { cause: error });
}
