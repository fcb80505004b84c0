import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { CACHE, inCache } from './paths.mjs';
import { isAlive } from './processes.mjs';
import { say } from './terminal.mjs';

/**
 * Takes a named lock in the cache folder, waiting while another live process has it. Returns the function that gives it back.
 * @param {string} name @param {AbortSignal} signal
 */
export async function takeLock(name, signal) {
  mkdirSync(CACHE, { recursive: true });
  const file = inCache(`${name}.lock`);
  let told = false;
  for (;;) {
    signal.throwIfAborted();
    if (tryCreate(file)) return () => rmSync(file, { force: true });
    const owner = Number(readOwner(file));
    if (!(owner > 0 && isAlive(owner))) {
      rmSync(file, { force: true }); // its owner was killed
      continue;
    }
    if (!told) say(`waiting for another run (process ${owner}) that uses ${CACHE}`);
    told = true;
    await sleep(500, undefined, { signal });
  }
}

/** @param {string} file */
function tryCreate(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

/** @param {string} file */
function readOwner(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
