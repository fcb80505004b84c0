import type { IncomingMessage } from 'node:http';
import { CaissonError } from '../core/errors.ts';
import type { EngineApi } from './engine-api.ts';
import { engineFailure, errorMessageIn, isMissing } from './engine-errors.ts';
import { isRecord, textOf, valueAt } from './json-values.ts';
import { readNdjson } from './ndjson.ts';
import type { ContainerSpec } from './port.ts';

export interface ContainerExit {
  readonly exitCode: number;
  readonly outOfMemory: boolean;
}

const KILLED = 137;

/**
 * Watches for the end of one run of a container. The watch is set up before the start: a container of a short life
 * that removes itself would take its exit code with it.
 */
export class ExitWatch {
  readonly #api: EngineApi;
  readonly #id: string;
  readonly #answer: IncomingMessage;
  #exit: Promise<ContainerExit> | undefined;

  private constructor(api: EngineApi, id: string, answer: IncomingMessage) {
    this.#api = api;
    this.#id = id;
    this.#answer = answer;
    // A detached run ends while its container goes on: this connection alone must not keep the process alive.
    answer.socket.unref();
    answer.on('error', () => undefined);
  }

  /** To be called between create and start. */
  static async open(api: EngineApi, id: string, atEnd: ContainerSpec['atEnd']): Promise<ExitWatch> {
    const condition = atEnd === 'remove' ? 'removed' : 'next-exit';
    // The engine sends its headers once it waits, and the body at the end.
    const answer = await api.stream({ method: 'POST', path: `/containers/${id}/wait`, query: { condition } });
    return new ExitWatch(api, id, answer);
  }

  /** Throws ENGINE_FAILED. */
  exit(): Promise<ContainerExit> {
    this.#exit ??= this.#wait().catch((error: unknown) => {
      throw engineFailure(error, 'wait for the container');
    });
    return this.#exit;
  }

  /** Lets go of the connection. */
  close(): void {
    this.#answer.destroy();
  }

  async #wait(): Promise<ContainerExit> {
    this.#answer.socket.ref();
    for await (const body of readNdjson(this.#answer)) {
      const failure = errorMessageIn(body);
      if (failure !== undefined)
        throw new CaissonError('ENGINE_FAILED', `the container ended badly: ${failure}`);
      const exitCode = Number(valueAt(body, 'StatusCode'));
      return { exitCode, outOfMemory: await wasOutOfMemory(this.#api, this.#id, exitCode) };
    }
    throw new CaissonError('ENGINE_FAILED', 'the engine stopped waiting for the container');
  }
}

async function wasOutOfMemory(api: EngineApi, id: string, exitCode: number): Promise<boolean> {
  try {
    const container = await api.json({ method: 'GET', path: `/containers/${id}/json` });
    return valueAt(container, 'State', 'OOMKilled') === true;
  } catch (error) {
    if (!isMissing(error)) throw error;
    // Removed already. Only a killed process can have been out of memory, and the engine remembers its last events.
    return exitCode === KILLED && (await hasOomEvent(api, id));
  }
}

async function hasOomEvent(api: EngineApi, id: string): Promise<boolean> {
  const info = await api.json({ method: 'GET', path: '/info' });
  // By the engine's clock: with an `until` in its future the answer would stay open.
  const now = Date.parse(textOf(valueAt(info, 'SystemTime')) ?? '');
  if (Number.isNaN(now)) return false;
  const query = {
    since: 0,
    until: Math.floor(now / 1000) + 1,
    filters: JSON.stringify({ container: [id], event: ['oom'] }),
  };
  for await (const event of readNdjson(await api.stream({ method: 'GET', path: '/events', query })))
    if (isRecord(event)) return true;
  return false;
}
