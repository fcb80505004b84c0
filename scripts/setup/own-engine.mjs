import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

import { inCache, CACHE_KEY } from '../support/paths.mjs';
import { waitUntil } from '../support/ports.mjs';
import { capture, commandLine, isAlive, startService, stopPid, which } from '../support/processes.mjs';
import { lastLines, say, SetUpError } from '../support/terminal.mjs';
import { makeBridge, removeBridge } from './bridge.mjs';
import { dockerApi, engineVersion } from './docker-api.mjs';

const FOLDER = inCache('engine');
const SOCKET = `${FOLDER}/docker.sock`;
const PID_FILE = `${FOLDER}/dockerd.pid`;
const LOG = `${FOLDER}/dockerd.log`;

/** The longest path that a Unix socket may have; containerd's lies two folders below the engine's. */
const LONGEST_FOLDER = 104 - '/exec/containerd/containerd-debug.sock.ttrpc'.length;

/**
 * Starts an engine of our own, beside whatever else runs on this machine, and stops it at the end. One that an earlier run left
 * behind is used again when it answers, and stopped first when it does not.
 * @param {import('../support/session.mjs').Session} session
 */
export async function startOwnEngine(session) {
  if (FOLDER.length > LONGEST_FOLDER) {
    throw new SetUpError(
      `the path ${FOLDER} is too long for a Unix socket`,
      'set XDG_CACHE_HOME to a shorter folder',
    );
  }
  mkdirSync(FOLDER, { recursive: true });
  const api = dockerApi(`unix://${SOCKET}`);
  if (api === undefined) throw new SetUpError('unreachable: a unix endpoint is always known');
  const left = ownPid();
  const version = left === undefined ? undefined : await engineVersion(api);
  if (left !== undefined && version !== undefined) {
    say(`using the engine that an earlier run left behind (process ${left})`);
    const bridge = await makeBridge(session.signal);
    session.atEnd('remove the network of the engine', () => removeBridge(bridge));
    session.atEnd('stop the engine', () => stopEngine(left));
    return { api, version };
  }
  if (left !== undefined) await stopEngine(left);
  const bridge = await makeBridge(session.signal);
  session.atEnd('remove the network of the engine', () => removeBridge(bridge));
  const failures = [];
  for (const driver of ['overlay2', 'vfs']) {
    const result = await tryDriver(api, { driver, bridge, session });
    if (typeof result === 'object') return { api, version: result.version };
    failures.push(result);
  }
  throw new SetUpError(`the engine does not start:\n${failures.join('\n')}`, `its log is ${LOG}`);
}

/**
 * @param {import('./docker-api.mjs').DockerApi} api
 * @param {{ driver: string, bridge: import('./bridge.mjs').Bridge, session: import('../support/session.mjs').Session }} options
 * @returns {Promise<{ version: string } | string>} the version, or why it failed
 */
async function tryDriver(api, { driver, bridge, session }) {
  rmSync(SOCKET, { force: true });
  rmSync(PID_FILE, { force: true });
  rmSync(LOG, { force: true });
  const service = startService(which('dockerd') ?? 'dockerd', daemonArguments(driver, bridge), { log: LOG });
  const { pid, ended } = service;
  if (pid === undefined) return `${driver}: ${await ended}`;
  session.atEnd('stop the engine', () => stopEngine(pid));
  await waitUntil(() => engineVersion(api), { timeoutMs: 60_000, signal: session.signal, ended });
  const version = await engineVersion(api);
  if (version !== undefined) return { version };
  await stopEngine(pid);
  return `${driver}: ${lastLines(readFileSync(LOG, 'utf8'), 5)}`;
}

/** @param {string} driver @param {import('./bridge.mjs').Bridge} bridge */
function daemonArguments(driver, bridge) {
  const config = `${FOLDER}/daemon.json`;
  writeFileSync(config, '{}\n'); // the machine's own /etc/docker/daemon.json is for the machine's own engine
  return [
    ...['--config-file', config, '--host', `unix://${SOCKET}`, '--pidfile', PID_FILE],
    ...['--data-root', `${FOLDER}/data`, '--exec-root', `${FOLDER}/exec`, '--storage-driver', driver],
    ...['--containerd-namespace', `caisson-${CACHE_KEY}`],
    ...['--containerd-plugins-namespace', `caisson-plugins-${CACHE_KEY}`],
    ...['--bridge', bridge.name, '--iptables=false'],
    ...['--default-address-pool', `base=${bridge.pool},size=24`],
  ];
}

/** The process of our engine, when it lives; a process number that was given to another program since is not it. */
function ownPid() {
  try {
    const pid = Number(readFileSync(PID_FILE, 'utf8'));
    return isAlive(pid) && commandLine(pid)?.includes(`unix://${SOCKET}`) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
async function stopEngine(pid) {
  await stopPid(pid, { graceMs: 30_000 });
  for (const mount of mountsBelow(FOLDER)) await capture('umount', [mount]);
}

/** What is still mounted below a folder, the deepest first: an engine leaves its network name space mounted. @param {string} folder */
function mountsBelow(folder) {
  const points = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  return points.filter((point) => point.startsWith(`${folder}/`)).reverse();
}
