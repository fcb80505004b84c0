import { EventEmitter, once } from 'node:events';
import { abortReason, CaissonError, throwIfAborted } from '../../src/core/errors.ts';
import type {
  ContainerSpec,
  ExecCommand,
  ExecResult,
  LogLine,
  PortBinding,
  RunningContainer,
} from '../../src/engine/port.ts';

/** What a container of the fake engine does. */
export interface FakeProgram {
  /** Written at once when it starts. */
  readonly lines: readonly LogLine[];
  /** `when-stopped` runs until stop() or remove() and then exits with 143 (SIGTERM). */
  readonly end: 'when-stopped' | { readonly exitCode: number; readonly outOfMemory?: boolean };
  readonly files?: Readonly<Record<string, string>>;
  /** What a command answers; Without it: as a shell that does not know the command. */
  readonly exec?: (
    command: ExecCommand,
    container: FakeContainer,
  ) => Partial<ExecResult> | Promise<Partial<ExecResult>>;
}

interface Ending {
  readonly exitCode: number;
  readonly outOfMemory: boolean;
}

const FIRST_FREE_PORT = 49_153;

export class FakeContainer implements RunningContainer {
  readonly id: string;
  readonly name: string;
  readonly ports: readonly PortBinding[];
  readonly spec: ContainerSpec;
  /** Set once it has ended. */
  ending: Ending | undefined;
  /** What the last stop() was given. */
  graceSeconds: number | undefined;
  /** Every command that was run beside the program. */
  readonly commands: ExecCommand[] = [];

  readonly #program: FakeProgram;
  readonly #lines: LogLine[] = [];
  readonly #forget: () => void;
  readonly #events = new EventEmitter<{ change: [] }>();

  constructor(
    made: { readonly id: string; readonly spec: ContainerSpec; readonly program: FakeProgram },
    forget: () => void,
  ) {
    this.id = made.id;
    this.spec = made.spec;
    this.name = made.spec.name ?? `fake_${made.id.slice(0, 12)}`;
    this.ports = made.spec.ports.map((port, index) =>
      port.hostPort === 0 ? { ...port, hostPort: FIRST_FREE_PORT + index } : port,
    );
    this.#program = made.program;
    this.#forget = forget;
  }

  /** Plays the program. */
  run(): void {
    for (const line of this.#program.lines) this.write(line);
    if (this.#program.end !== 'when-stopped') this.end(this.#program.end);
  }

  /** A line that the program writes now. */
  write(line: LogLine): void {
    this.#lines.push(line);
    this.#stir();
  }

  end({
    exitCode,
    outOfMemory = false,
  }: {
    readonly exitCode: number;
    readonly outOfMemory?: boolean;
  }): void {
    if (this.ending !== undefined) return;
    this.ending = { exitCode, outOfMemory };
    this.#stir();
    if (this.spec.atEnd === 'remove') this.#forget();
  }

  holdsPort(hostPort: number): boolean {
    return this.ending === undefined && this.ports.some((port) => port.hostPort === hostPort);
  }

  async *logs(signal: AbortSignal): AsyncGenerator<LogLine> {
    for (let next = 0; !signal.aborted; next += 1) {
      while (next >= this.#lines.length) {
        if (this.ending !== undefined || !(await this.#changed(signal))) return;
      }
      yield this.#lines[next]!;
    }
  }

  async wait(): Promise<Ending> {
    while (this.ending === undefined) await once(this.#events, 'change');
    return this.ending;
  }

  stop(graceSeconds: number): Promise<void> {
    if (graceSeconds < 0) return Promise.reject(new RangeError('the grace time is negative'));
    this.graceSeconds = graceSeconds;
    this.end({ exitCode: 143 });
    return Promise.resolve();
  }

  remove(): Promise<void> {
    this.end({ exitCode: 137 });
    this.#forget();
    return Promise.resolve();
  }

  readFile(path: string, maxBytes: number): Promise<string | undefined> {
    const text = this.#program.files?.[path];
    return Promise.resolve(text !== undefined && Buffer.byteLength(text) <= maxBytes ? text : undefined);
  }

  async exec(command: ExecCommand, signal: AbortSignal): Promise<ExecResult> {
    throwIfAborted(signal);
    if (this.ending !== undefined)
      throw new CaissonError('ENGINE_FAILED', 'the engine could not run a command in the container');
    this.commands.push(command);
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener(
        'abort',
        () => {
          reject(abortReason(signal));
        },
        { once: true },
      );
    });
    const answer = await Promise.race([this.#program.exec?.(command, this) ?? { exitCode: 127 }, aborted]);
    return { exitCode: 0, stdout: '', stderr: '', ...answer };
  }

  #stir(): void {
    this.#events.emit('change');
  }

  /** False when the signal came first. */
  async #changed(signal: AbortSignal): Promise<boolean> {
    try {
      await once(this.#events, 'change', { signal });
      return true;
    } catch {
      return false;
    }
  }
}
