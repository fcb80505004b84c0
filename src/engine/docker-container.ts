import type { ContainerExit, ExitWatch } from './container-exit.ts';
import { readContainerFile } from './container-file.ts';
import type { ContainerLogs } from './container-logs.ts';
import type { EngineApi } from './engine-api.ts';
import { engineFailure, replyOf } from './engine-errors.ts';
import { execInContainer } from './exec.ts';
import type { ExecCommand, ExecResult, LogLine, PortBinding, RunningContainer } from './port.ts';

interface Parts {
  readonly id: string;
  readonly name: string;
  readonly ports: readonly PortBinding[];
  readonly exit: ExitWatch;
  readonly logs: ContainerLogs;
}

/** A container that was started through the Engine API. */
export class DockerContainer implements RunningContainer {
  readonly id: string;
  readonly name: string;
  readonly ports: readonly PortBinding[];
  readonly #api: EngineApi;
  readonly #exit: ExitWatch;
  readonly #logs: ContainerLogs;

  constructor(api: EngineApi, { id, name, ports, exit, logs }: Parts) {
    this.#api = api;
    this.id = id;
    this.name = name;
    this.ports = ports;
    this.#exit = exit;
    this.#logs = logs;
  }

  logs(signal: AbortSignal): AsyncIterable<LogLine> {
    return this.#logs.read(signal);
  }

  wait(): Promise<ContainerExit> {
    return this.#exit.exit();
  }

  async stop(graceSeconds: number): Promise<void> {
    try {
      await this.#api.json({
        method: 'POST',
        path: `/containers/${this.id}/stop`,
        query: { t: graceSeconds },
      });
    } catch (error) {
      // 304: it had ended; 404: it is gone.
      if (![304, 404].includes(replyOf(error).status ?? 0)) throw engineFailure(error, 'stop the container');
    }
  }

  async remove(): Promise<void> {
    try {
      await this.#api.json({ method: 'DELETE', path: `/containers/${this.id}`, query: { force: 1, v: 1 } });
    } catch (error) {
      // 404: it is gone; 409: somebody else is removing it.
      if (![404, 409].includes(replyOf(error).status ?? 0))
        throw engineFailure(error, 'remove the container');
    } finally {
      this.#logs.close();
    }
  }

  readFile(path: string, maxBytes: number): Promise<string | undefined> {
    return readContainerFile(this.#api, this.id, { path, maxBytes });
  }

  exec(command: ExecCommand, signal: AbortSignal): Promise<ExecResult> {
    return execInContainer(this.#api, { id: this.id, command }, signal);
  }
}
