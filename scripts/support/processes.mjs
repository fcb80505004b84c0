import { spawn } from 'node:child_process';
import { accessSync, constants, openSync, closeSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { lastLines, SetUpError } from './terminal.mjs';

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] the whole environment; absent: this process's
 * @property {AbortSignal} [signal]
 * @property {string} [input] text for stdin
 * @property {(chunk: string) => void} [onOutput] sees stdout and stderr as they come
 *
 * @typedef {object} RunResult
 * @property {number} code 127 when there is no such command, 128 + n when a signal ended it
 * @property {string} stdout
 * @property {string} stderr
 * @property {string} output both, in the order of arrival
 */

/**
 * Runs a command to its end; a bad exit code is a result, not an exception. An aborted signal kills the command and throws.
 * @param {string} command @param {readonly string[]} args @param {RunOptions} [options] @returns {Promise<RunResult>}
 */
export async function capture(command, args, { cwd, env, signal, input, onOutput } = {}) {
  signal?.throwIfAborted();
  const child = spawn(command, args, { cwd, env: env ?? process.env, stdio: ['pipe', 'pipe', 'pipe'] });
  const result = { code: 0, stdout: '', stderr: '', output: '' };
  /** @param {'stdout' | 'stderr'} name */
  const collect = (name) => {
    child[name].setEncoding('utf8').on('data', (/** @type {string} */ chunk) => {
      result[name] += chunk;
      result.output += chunk;
      onOutput?.(chunk);
    });
  };
  collect('stdout');
  collect('stderr');
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  const kill = () => void child.kill('SIGTERM');
  signal?.addEventListener('abort', kill, { once: true });
  result.code = await new Promise((resolve) => {
    child.once('error', (error) => {
      result.stderr += error.message;
      result.output += error.message;
      resolve(127);
    });
    child.once('close', (code, name) => resolve(code ?? 128 + (name === 'SIGKILL' ? 9 : 15)));
  });
  signal?.removeEventListener('abort', kill);
  signal?.throwIfAborted();
  return result;
}

/**
 * Runs a command that has to succeed. Throws a SetUpError with the last lines of its output.
 * @param {string} command @param {readonly string[]} args @param {RunOptions} [options]
 */
export async function run(command, args, options) {
  const result = await capture(command, args, options);
  if (result.code !== 0) {
    throw new SetUpError(
      `\`${[command, ...args].join(' ')}\` ended with exit code ${result.code}:\n${lastLines(result.output, 25)}`,
    );
  }
  return result;
}

/**
 * Starts a program that goes on in the background, in a process group of its own so that Ctrl-C in the terminal reaches only us and
 * we stop it in order.
 * @param {string} command @param {readonly string[]} args @param {{ log: string, env?: NodeJS.ProcessEnv, cwd?: string }} options
 */
export function startService(command, args, { log, env, cwd }) {
  const file = openSync(log, 'a');
  const child = spawn(command, args, {
    env: env ?? process.env,
    cwd,
    stdio: ['ignore', file, file],
    detached: true,
  });
  closeSync(file);
  /** @type {Promise<string>} */
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`ended with ${signal ?? `exit code ${String(code)}`}`));
  });
  child.unref();
  return { pid: child.pid, ended };
}

/** @param {number} pid */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2] !== 'Z';
  } catch (error) {
    // No /proc (macOS): a signal that can be sent is answer enough.
    return (
      error instanceof Error && 'code' in error && error.code === 'ENOENT' && process.platform !== 'linux'
    );
  }
}

/**
 * Ends a process that we started: SIGTERM to it (or to its whole group), and SIGKILL to its group after the grace time.
 * @param {number} pid @param {{ graceMs: number, group?: boolean }} options
 */
export async function stopPid(pid, { graceMs, group }) {
  const signalled = send(group === true ? -pid : pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (signalled && isAlive(pid) && Date.now() < deadline) await sleep(50);
  if (isAlive(pid)) {
    send(-pid, 'SIGKILL');
    send(pid, 'SIGKILL');
  }
}

/** @param {number} pid @param {NodeJS.Signals} signal */
function send(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** The command line of a process, or undefined when it is gone (or this is not Linux). @param {number} pid */
export function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return undefined;
  }
}

/** The full path of a command on PATH (the system folders of root included), or undefined. @param {string} name */
export function which(name) {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin', '/usr/local/sbin'];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => path.join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
