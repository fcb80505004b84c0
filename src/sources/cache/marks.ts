import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../download/write-failed.ts';

/**
 * A file that says what a process does with a tree of the cache. Unlike a lock it keeps nobody waiting for a process that died: the name
 * tells whose it is, so that others see whether that one still lives.
 */
export interface Mark {
  release(): Promise<void>;
}

export type MarkKind = 'use' | 'remove';

/** Whether a process of another machine or container, which shares the cache folder, still lives cannot be seen; its marks end by age. */
const FOREIGN_MS = 24 * 60 * 60 * 1000;
/** Others may remove the empty folder of the marks before one is in it. */
const ATTEMPTS = 100;

/** Sets a mark of this process. undefined when the cache cannot be written: then nobody can remove anything from here either. */
export async function setMark(folder: string, kind: MarkKind): Promise<Mark | undefined> {
  const { host, boot, processes } = await thisMachine();
  const path = join(folder, [kind, host, boot, processes, process.pid, randomUUID()].join('.'));
  for (let attempt = 1; ; attempt += 1) {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(path, '', { flag: 'wx', mode: 0o600 });
      break;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || attempt >= ATTEMPTS) return undefined;
    }
  }
  return { release: () => rm(path, { force: true }).catch(() => undefined) };
}

/** Removes the folder when there is no mark in it: one that is was set by someone who needs it. */
export async function removeMarks(folder: string): Promise<void> {
  await rmdir(folder).catch(() => undefined);
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
  const [, host, boot, processes, pid] = name.split('.');
  const here = await thisMachine();
  if (host === here.host && boot !== here.boot) return false;
  if (host === here.host && processes === here.processes) return processLives(Number(pid));
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
  /** In which numbers of processes mean what they mean here: containers on one machine may have numbers of their own. */
  readonly processes: string;
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
  const processes = await readlink('/proc/self/ns/pid').catch(() => '');
  return { host: short(hostname()), boot: short(boot.trim()), processes: short(processes) };
}

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
