import type { Duplex } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { abortReason, CaissonError, throwIfAborted } from '../core/errors.ts';
import type { EngineApi } from './engine-api.ts';
import { engineFailure } from './engine-errors.ts';
import { textOf, valueAt } from './json-values.ts';
import { readFrames } from './log-frames.ts';
import type { ExecCommand, ExecResult } from './port.ts';

/** Bytes of stdout, and of stderr. */
const MAX_OUTPUT = 1024 * 1024;
/** How often and with how many milliseconds between an engine is asked for an exit code that it does not know yet. */
const EXIT_ATTEMPTS = 50;
const EXIT_PAUSE_MS = 20;

export interface ExecInput {
  /** Of the container. */
  readonly id: string;
  readonly command: ExecCommand;
}

/** Runs the command to its end, as RunningContainer.exec says. */
export async function execInContainer(
  api: EngineApi,
  { id, command }: ExecInput,
  signal: AbortSignal,
): Promise<ExecResult> {
  throwIfAborted(signal);
  try {
    const exec = await createExec(api, id, command);
    const output = await runExec(api, { exec, stdin: command.stdin }, signal);
    return { exitCode: await exitCodeOf(api, exec), ...output };
  } catch (error) {
    if (signal.aborted) throw abortReason(signal);
    throw engineFailure(error, 'run a command in the container');
  }
}

async function createExec(api: EngineApi, id: string, { argv }: ExecCommand): Promise<string> {
  const body = { AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: false, Cmd: argv };
  const answer = await api.json({ method: 'POST', path: `/containers/${id}/exec`, body });
  const exec = textOf(valueAt(answer, 'Id'));
  if (exec === undefined) throw new CaissonError('ENGINE_FAILED', 'the engine named no command to start');
  return exec;
}

/** Stdin goes out while the output comes in: a command may answer before it has read everything. */
async function runExec(
  api: EngineApi,
  { exec, stdin }: { readonly exec: string; readonly stdin: string },
  signal: AbortSignal,
): Promise<Omit<ExecResult, 'exitCode'>> {
  const body = { Detach: false, Tty: false };
  const connection = await api.upgrade({ method: 'POST', path: `/exec/${exec}/start`, body });
  const stop = (): void => {
    connection.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  // A command that does not want its stdin closes it; what it said is read all the same.
  connection.on('error', () => undefined);
  try {
    connection.end(stdin);
    return await readOutput(connection);
  } finally {
    signal.removeEventListener('abort', stop);
    connection.destroy();
  }
}

async function readOutput(connection: Duplex): Promise<Omit<ExecResult, 'exitCode'>> {
  const texts = { stdout: new BoundedText(), stderr: new BoundedText() };
  for await (const { stream, payload } of readFrames(connection)) texts[stream].add(payload);
  return { stdout: texts.stdout.end(), stderr: texts.stderr.end() };
}

class BoundedText {
  readonly #decoder = new StringDecoder('utf8');
  #text = '';
  #room = MAX_OUTPUT;

  add(payload: Uint8Array): void {
    const kept = payload.subarray(0, this.#room);
    this.#room -= kept.length;
    this.#text += this.#decoder.write(Buffer.from(kept));
  }

  end(): string {
    return this.#text + this.#decoder.end();
  }
}

/** The output may end before the engine has noticed the end. */
async function exitCodeOf(api: EngineApi, exec: string): Promise<number> {
  for (let attempt = 0; attempt < EXIT_ATTEMPTS; attempt += 1) {
    const state = await api.json({ method: 'GET', path: `/exec/${exec}/json` });
    const exitCode = valueAt(state, 'ExitCode');
    if (valueAt(state, 'Running') !== true && typeof exitCode === 'number') return exitCode;
    await new Promise((resolve) => setTimeout(resolve, EXIT_PAUSE_MS));
  }
  throw new CaissonError('ENGINE_FAILED', 'the engine does not know how the command ended');
}
