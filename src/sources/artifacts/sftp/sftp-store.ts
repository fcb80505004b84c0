import type { CaissonError } from '../../../core/errors.ts';
import { abortReason, isCaissonError, messageOf } from '../../../core/errors.ts';
import { formatSftpUri, type SftpUri } from '../../../model/store-uri.ts';
import { readOutcome, storeError, type Trouble } from '../artifact-errors.ts';
import type { ArtifactBody, ArtifactStore, ByteRange, ReadOutcome, RemoteFile } from '../port.ts';
import { checkedListing } from '../safe-path.ts';
import { fileBody } from './file-body.ts';
import { joined, listTree, versionOf } from './list-tree.ts';
import { patiently } from './patiently.ts';
import { STATUS } from './packets.ts';
import { SftpEnded, SftpRefusal, type SftpSession } from './session.ts';
import { connectSsh, type SshConnection } from './ssh.ts';

/** Opens a folder of another host. It connects when it is first needed. */
export function openSftpStore(uri: SftpUri): ArtifactStore {
  return new SftpStore(uri);
}

class SftpStore implements ArtifactStore {
  readonly shown: string;
  readonly #uri: SftpUri;
  #connection: Promise<SshConnection> | undefined;

  constructor(uri: SftpUri) {
    this.#uri = uri;
    this.shown = `the folder '${formatSftpUri(uri)}'`;
  }

  async list(signal: AbortSignal): Promise<readonly RemoteFile[]> {
    try {
      const session = await this.#session(signal);
      const files = await listTree(session, { root: this.#uri.path, shown: this.shown, signal });
      return checkedListing(files, this.shown);
    } catch (error) {
      throw this.#thrown(this.shown, error, signal);
    }
  }

  async read(file: RemoteFile, range: ByteRange, signal: AbortSignal): Promise<ReadOutcome> {
    const subject = `the file '${file.path}' of ${this.shown}`;
    try {
      const session = await this.#session(signal);
      return await this.#open(session, { file, range, signal });
    } catch (error) {
      if (signal.aborted) throw abortReason(signal);
      if (isCaissonError(error)) throw error;
      return readOutcome(subject, explain(error), error);
    }
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    this.#connection = undefined;
    await connection?.stop();
  }

  async #open(session: SftpSession, { file, range, signal }: Opening): Promise<ReadOutcome> {
    const handle = await patiently(signal, () => session.open(joined(this.#uri.path, file.path)));
    const attributes = await patiently(signal, () => session.statHandle(handle));
    if (file.version !== undefined && versionOf(attributes) !== file.version) {
      session.close(handle);
      return { kind: 'changed', reason: 'its size or its time of change is another one' };
    }
    const end = range.end ?? attributes.size;
    const body: ArtifactBody = fileBody({ session, handle, start: range.start, end, signal });
    return { kind: 'body', body };
  }

  /** The one connection that everything goes over; a new one when the last one broke. */
  async #session(signal: AbortSignal): Promise<SftpSession> {
    const seen = this.#connection;
    const connection = await seen?.catch(() => undefined);
    if (connection !== undefined && !connection.session.isOver) return connection.session;
    // whoever came first makes the new one
    if (this.#connection === seen || this.#connection === undefined) {
      void connection?.stop();
      this.#connection = connectSsh(this.#uri, this.shown, signal);
    }
    return (await this.#connection).session;
  }

  #thrown(subject: string, error: unknown, signal: AbortSignal): CaissonError {
    if (signal.aborted) return abortReason(signal);
    return isCaissonError(error) ? error : storeError(subject, explain(error), error);
  }
}

interface Opening {
  readonly file: RemoteFile;
  readonly range: ByteRange;
  readonly signal: AbortSignal;
}

function explain(error: unknown): Trouble {
  if (error instanceof SftpEnded) return { kind: 'temporary', reason: error.message };
  if (error instanceof Error && error.name === 'AbortError')
    return { kind: 'temporary', reason: 'nothing came in time' };
  if (!(error instanceof SftpRefusal)) return { kind: 'failed', reason: messageOf(error) };
  const reason = error.message.slice(0, 300).replace(/\p{Cc}/gu, '\uFFFD');
  if (error.status === STATUS.NO_SUCH_FILE) return { kind: 'missing', reason };
  if (error.status === STATUS.PERMISSION_DENIED)
    return { kind: 'denied', reason, hint: 'the user of the URI must be allowed to read it' };
  return { kind: 'failed', reason };
}
