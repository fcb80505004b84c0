import { setTimeout as sleep } from 'node:timers/promises';

import { containersNamed, removeContainer } from '../setup/docker-api.mjs';
import { freePort, isPortTaken } from '../support/ports.mjs';
import { lastLines, SetUpError } from '../support/terminal.mjs';

/**
 * Containers that are limited alike, and what the engine knows of them.
 *
 * @typedef {import('../setup/docker-api.mjs').DockerApi} DockerApi
 * @typedef {import('../support/session.mjs').Session} Session
 * @typedef {{ cpus: number, memoryMib: number }} Limits
 * @typedef {{ image: string, port: number, env?: readonly string[], limits: Limits }} Definition
 * @typedef {object} Running
 * @property {string} id
 * @property {import('./wire.mjs').Address} address
 * @property {number} startedAt in performance.now()'s milliseconds, before the container was created
 * @property {boolean} seesClients whether the ports of our connections are those that the server sees
 * @property {() => Promise<void>} remove
 */

const MIB = 1024 * 1024;
/** Of the names of this process's containers. */
const PREFIX = `caisson-test-serve-${process.pid}-`;
let count = 0;

/**
 * Starts a container; removed at the end of the session at the latest.
 * @param {DockerApi} api @param {Session} session @param {Definition} definition @returns {Promise<Running>}
 */
export async function startLimited(api, session, { image, port, env = [], limits }) {
  const network = await networkOf(api, port);
  const definition = {
    Image: image,
    Env: env,
    ExposedPorts: { [`${port}/tcp`]: {} },
    HostConfig: {
      NanoCpus: Math.round(limits.cpus * 1e9),
      Memory: limits.memoryMib * MIB,
      MemorySwap: limits.memoryMib * MIB,
      ...network.hostConfig,
    },
  };
  count += 1;
  const name = `${PREFIX}${count}`;
  const startedAt = performance.now();
  const created = await api.call('POST', `/containers/create?name=${name}`, { json: definition });
  if (created.status !== 201) throw new SetUpError(`no container of ${image}: ${created.text.trim()}`);
  const id = String(created.json().Id);
  const remove = () => removeContainer(api, id);
  session.atEnd('remove a container', remove);
  const started = await api.call('POST', `/containers/${id}/start`);
  if (started.status >= 300) throw new SetUpError(`${image} does not start: ${started.text.trim()}`);
  const { hostPort, seesClients } = network;
  return { id, address: { host: '127.0.0.1', port: hostPort }, startedAt, seesClients, remove };
}

/** Removes all that were started here and are still there. @param {DockerApi} api */
export async function removeStarted(api) {
  for (const name of await containersNamed(api, PREFIX)) await removeContainer(api, name);
}

/**
 * How a container is reached at 127.0.0.1: in this machine's own network where the engine runs on it, so that no proxy of the engine
 * stands in the measurement and a closed connection looks as the server closed it; through a published port elsewhere.
 * @param {DockerApi} api @param {number} port the container's
 */
async function networkOf(api, port) {
  if (!(await isOnThisMachine(api))) {
    const hostPort = await freePort();
    const binding = { HostIp: '127.0.0.1', HostPort: String(hostPort) };
    return { hostPort, seesClients: false, hostConfig: { PortBindings: { [`${port}/tcp`]: [binding] } } };
  }
  if (await isPortTaken(port))
    throw new SetUpError(`port ${port} of this machine is in use`, 'stop what listens there and run again');
  return { hostPort: port, seesClients: true, hostConfig: { NetworkMode: 'host' } };
}

/** @type {boolean | undefined} */
let isLocal;

/** Whether the engine's host network is the network of this process. @param {DockerApi} api */
async function isOnThisMachine(api) {
  if (isLocal === undefined) {
    const info = (await api.call('GET', '/info')).json();
    isLocal =
      process.platform === 'linux' &&
      api.host.startsWith('unix://') &&
      !/Docker Desktop/.test(String(info.OperatingSystem)) &&
      !/rootless/.test(JSON.stringify(info.SecurityOptions ?? []));
  }
  return isLocal;
}

/** @param {DockerApi} api @param {string} id */
export async function inspect(api, id) {
  return (await api.call('GET', `/containers/${id}/json`)).json();
}

/** What the container holds in memory, as `docker stats` counts it: without the page cache that can go. @param {DockerApi} api @param {string} id @returns {Promise<number>} MiB */
export async function memoryMib(api, id) {
  const answer = await api.call('GET', `/containers/${id}/stats?stream=false&one-shot=true`);
  const { usage = NaN, stats = {} } = answer.json().memory_stats ?? {};
  const inactive = stats.total_inactive_file ?? stats.inactive_file ?? 0;
  return (Number(usage) - Number(inactive)) / MIB;
}

/**
 * Samples the memory until it is stopped.
 * @param {DockerApi} api @param {string} id @param {number} everyMs
 */
export function watchMemory(api, id, everyMs) {
  /** @type {{ at: number, mib: number }[]} */
  const samples = [];
  let over = false;
  const done = (async () => {
    while (!over) {
      const mib = await memoryMib(api, id).catch(() => NaN);
      if (!Number.isNaN(mib)) samples.push({ at: performance.now(), mib });
      await sleep(everyMs);
    }
  })();
  return {
    stop: async () => {
      over = true;
      await done;
      return samples;
    },
  };
}

/** @param {DockerApi} api @param {string} id @param {string} signal such as TERM */
export const signalContainer = (api, id, signal) =>
  api.call('POST', `/containers/${id}/kill?signal=${signal}`);

/**
 * @param {DockerApi} api @param {string} id @param {{ timeoutMs: number, signal: AbortSignal }} patience
 * @returns {Promise<number | undefined>} its exit code, undefined when it still runs
 */
export async function exitCode(api, id, { timeoutMs, signal }) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const { State } = await inspect(api, id);
    if (!State.Running) return Number(State.ExitCode);
    if (Date.now() > deadline) return undefined;
    await sleep(50);
  }
}

/**
 * What a container wrote, without the frames of the engine's stream: each begins with the stream's number and three zeros.
 * @param {DockerApi} api @param {string} id @param {number} lines
 */
export async function logTail(api, id, lines) {
  const { text } = await api.call('GET', `/containers/${id}/logs?stdout=1&stderr=1&tail=${lines}`);
  return lastLines(text.replace(/[\u0001\u0002]\u0000{3}[\s\S]{4}/g, ''), lines);
}

/**
 * Runs a command inside, with what it prints.
 * @param {DockerApi} api @param {string} id @param {readonly string[]} command
 */
export async function execute(api, id, command) {
  const created = await api.call('POST', `/containers/${id}/exec`, {
    json: { Cmd: command, AttachStdout: true, AttachStderr: true, Tty: true },
  });
  if (created.status !== 201) throw new SetUpError(`no command in the container: ${created.text.trim()}`);
  const path = `/exec/${String(created.json().Id)}/start`;
  return (await api.call('POST', path, { json: { Detach: false, Tty: true } })).text;
}
