import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { inCache } from './paths.mjs';
import { commandLine, isAlive, startService, stopPid } from './processes.mjs';
import { SetUpError } from './terminal.mjs';

/** One folder a running service; what is in it after a run was killed tells the next run what to stop. */
const FOLDER = inCache('run');

/**
 * A folder for the data of a service, removed at the end.
 * @param {string} name @param {import('./session.mjs').Session} session
 */
export function makeServiceFolder(name, session) {
  mkdirSync(FOLDER, { recursive: true });
  const folder = mkdtempSync(path.join(FOLDER, `${name}-`));
  session.atEnd(`remove the data of ${name}`, () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Starts a program whose command line names its folder, and stops it at the end.
 * @param {string} folder of makeServiceFolder
 * @param {{ command: string, args: readonly string[], env?: NodeJS.ProcessEnv, session: import('./session.mjs').Session }} program
 */
export function startInFolder(folder, { command, args, env = process.env, session }) {
  const { pid, ended } = startService(command, args, { log: path.join(folder, 'log'), cwd: folder, env });
  if (pid === undefined) throw new SetUpError(`${command} does not start`);
  writeFileSync(path.join(folder, 'pid'), String(pid));
  session.atEnd(`stop ${path.basename(folder)}`, () => stopPid(pid, { graceMs: 5000, group: true }));
  return { ended, logText: () => readFileSync(path.join(folder, 'log'), 'utf8') };
}

/** Stops the services, and removes the folders, of runs that were killed. Call it under the lock of the runs. */
export async function sweepServices() {
  mkdirSync(FOLDER, { recursive: true });
  for (const name of readdirSync(FOLDER)) {
    const folder = path.join(FOLDER, name);
    const pid = readPid(folder);
    const isOurs =
      pid > 0 && isAlive(pid) && commandLine(pid)?.some((word) => word.includes(folder)) === true;
    if (isOurs) await stopPid(pid, { graceMs: 5000, group: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder */
function readPid(folder) {
  try {
    return Number(readFileSync(path.join(folder, 'pid'), 'utf8'));
  } catch {
    return 0;
  }
}
