import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import { FIXTURE_STORE, testCa } from '../environment.ts';

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command; text is what it has written until now. */
export interface RunningCommand {
  readonly process: ChildProcess;
  readonly result: Promise<CommandResult>;
  stdout(): string;
  stderr(): string;
  /** Waits for a text on either stream; throws with all output when the command ends first. */
  waitFor(pattern: RegExp): Promise<void>;
}

export type Variables = Readonly<Record<string, string | undefined>>;

/** Somebody's account: a home folder of its own, empty caches, and no setting of the developer's. */
export class Account {
  readonly home: string;
  readonly work: string;
  readonly #variables: Variables;

  constructor(variables: Variables = {}) {
    this.home = mkdtempSync(join(tmpdir(), 'caisson-home-'));
    this.work = join(this.home, 'work');
    for (const name of ['work', 'tmp', '.docker', '.cache']) mkdirSync(join(this.home, name));
    this.#variables = variables;
  }

  environment(variables: Variables = {}): NodeJS.ProcessEnv {
    const ca = testCa();
    return {
      PATH: process.env['PATH'],
      HOME: this.home,
      TMPDIR: join(this.home, 'tmp'),
      XDG_CACHE_HOME: join(this.home, '.cache'),
      DOCKER_HOST: process.env['CAISSON_TEST_DOCKER_HOST'],
      MLFLOW_TRACKING_URI: FIXTURE_STORE,
      ...(ca === undefined ? {} : { PIP_CERT: ca, NODE_EXTRA_CA_CERTS: ca }),
      ...this.#variables,
      ...variables,
    };
  }

  /** Starts the installed command in the account's work folder. */
  start(args: readonly string[], variables: Variables = {}): RunningCommand {
    const command = join(inject('installFolder'), 'node_modules/.bin/caisson');
    return start(command, args, { cwd: this.work, env: this.environment(variables) });
  }

  async run(args: readonly string[], variables: Variables = {}): Promise<CommandResult> {
    return this.start(args, variables).result;
  }

  /** As a user without a global installation types it. */
  async npx(args: readonly string[]): Promise<CommandResult> {
    return start('npx', ['caisson', ...args], { cwd: inject('installFolder'), env: this.environment() })
      .result;
  }

  /** Files that lie about in the temporary folder and in caisson's cache: whatever a command left behind, but for what it keeps on purpose. */
  leftovers(): string[] {
    const found = [join(this.home, 'tmp'), join(this.home, '.cache/caisson')].flatMap((folder) =>
      existsSync(folder) ? filesBelow(folder) : [],
    );
    return found.filter((path) => !KEPT.test(path));
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** Keepsakes that are whole: src/platform/keepsakes.ts. */
const KEPT = /\/\.cache\/caisson\/[\w-]+\/[a-f0-9]{64}$/;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function start(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): RunningCommand {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
    });
  }
  const result = new Promise<CommandResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, ...text });
    });
  });
  return {
    process: child,
    result,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    waitFor: (pattern) => waitForText(child, text, pattern),
  };
}

async function waitForText(
  child: ChildProcess,
  text: { readonly stdout: string; readonly stderr: string },
  pattern: RegExp,
): Promise<void> {
  const isThere = (): boolean => pattern.test(text.stdout) || pattern.test(text.stderr);
  while (!isThere()) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`ended before ${String(pattern)}:\n${text.stdout}\n${text.stderr}`);
    await sleep(20);
  }
}
