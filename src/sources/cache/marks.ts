import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';

/**
 * A file that says what a process does with a tree of the cache. Unlike a lock it keeps nobody waiting for a process that died: the name
 * tells whose it is, so that others see whether that one still lives.
 */
export interface Mark {
  release(): Promise<void>;
}

export type MarkKind = 'use' | 'remove';

/** Whether a process of another machine, which shares the cache folder, still lives cannot be seen; its marks end by age. */
const FOREIGN_MS = 24 * 60 * 60 * 1000;

/** Sets a mark of this process. undefined when the cache cannot be written: then nobody can remove anything from here either. */
export async function setMark(folder: string, kind: MarkKind): Promise<Mark | undefined> {
  const { host, boot } = await thisMachine();
  const path = join(folder, [kind, host, boot, process.pid, randomUUID()].join('.'));
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(path, '', { flag: 'wx', mode: 0o600 });
  } catch {
    return undefined;
  }
  return { release: () => rm(path, { force: true }).catch(() => undefined) };
}

/** Whether a living process has set such a mark. Marks of dead ones are removed. */
export async function hasMark(folder: string, kind: MarkKind): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  let found = false;
  for (const name of names) {
    const path = join(folder, name);
    if (await isAlive(name, path)) found ||= name.startsWith(`${kind}.`);
    else await rm(path, { force: true }).catch(() => undefined);
  }
  return found;
}

async function isAlive(name: string, path: string): Promise<boolean> {
  const [, host, boot, pid] = name.split('.');
  const here = await thisMachine();
  if (host === here.host) return boot === here.boot && processLives(Number(pid));
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs < FOREIGN_MS;
}

/** A process of another user lives too, although it may not be signalled. */
export function processLives(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

interface Machine {
  readonly host: string;
  /** Another one after each start of the machine. */
  readonly boot: string;
}

let machine: Promise<Machine> | undefined;

/** What tells this machine, and this start of it, from others. */
export function thisMachine(): Promise<Machine> {
  machine ??= readMachine();
  return machine;
}

async function readMachine(): Promise<Machine> {
  const started = Math.round((Date.now() / 1000 - uptime()) / 60);
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => String(started));
  return { host: short(hostname()), boot: short(boot.trim()) };
}

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
