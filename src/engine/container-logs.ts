import type { IncomingMessage } from 'node:http';
import type { EngineApi } from './engine-api.ts';
import { engineFailure, isMissing } from './engine-errors.ts';
import { readLogLines } from './log-frames.ts';
import type { LogLine } from './port.ts';

/**
 * The log of one container. The first reader gets an attachment that was made before the start, so that it sees every
 * line: of a container that removes itself the engine keeps nothing, and a `follow` of Docker 20.10 can miss the last
 * line of one that ends. Later readers get what the engine kept, from the first line.
 */
export class ContainerLogs {
  readonly #api: EngineApi;
  readonly #id: string;
  #attachment: IncomingMessage | undefined;

  private constructor(api: EngineApi, id: string, attachment: IncomingMessage) {
    this.#api = api;
    this.#id = id;
    this.#attachment = attachment;
    // As the watch for the exit: not a reason to stay alive unless somebody reads.
    attachment.socket.unref();
    attachment.on('error', () => undefined);
  }

  /** To be called between create and start. */
  static async open(api: EngineApi, id: string): Promise<ContainerLogs> {
    const query = { stream: 1, stdout: 1, stderr: 1 };
    return new ContainerLogs(
      api,
      id,
      await api.stream({ method: 'POST', path: `/containers/${id}/attach`, query }),
    );
  }

  /** Ends quietly when the container is gone or the signal aborts. Throws ENGINE_FAILED. */
  async *read(signal: AbortSignal): AsyncGenerator<LogLine> {
    const stream = await this.#take();
    if (stream === undefined) return;
    const stop = (): void => {
      stream.destroy();
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      yield* readLogLines(stream);
    } catch (error) {
      if (!signal.aborted) throw engineFailure(error, 'follow the log of the container');
    } finally {
      signal.removeEventListener('abort', stop);
      stream.destroy();
    }
  }

  /** Lets go of the attachment when nobody reads it. */
  close(): void {
    this.#attachment?.destroy();
  }

  async #take(): Promise<IncomingMessage | undefined> {
    const attachment = this.#attachment;
    this.#attachment = undefined;
    if (attachment !== undefined) {
      attachment.socket.ref();
      return attachment;
    }
    try {
      const query = { follow: 1, stdout: 1, stderr: 1 };
      return await this.#api.stream({ method: 'GET', path: `/containers/${this.#id}/logs`, query });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw engineFailure(error, 'read the log of the container');
    }
  }
}
