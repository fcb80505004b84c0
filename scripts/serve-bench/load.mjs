import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { canInstallPackages, installPackages } from '../setup/apt.mjs';
import { run, which } from '../support/processes.mjs';
import { say } from '../support/terminal.mjs';
import { requestBytes, Wire } from './wire.mjs';

/**
 * Closed-loop load: every connection sends its next request when the last one was answered.
 * @typedef {{ address: import('./wire.mjs').Address, question: import('./bodies.mjs').Question, connections: number, seconds: number, signal: AbortSignal }} Load
 * @typedef {{ perSecond: number, failures: number }} LoadResult perSecond: answers that are 2xx; failures: those that are not, and
 *   connections that broke
 */

/** What `provideGenerator` would install, as lines for the reader. */
export const generatorLines = () =>
  which('wrk') === undefined && canInstallPackages() ? ['Debian package: wrk'] : [];

/** Installs wrk where that is possible; without it our own generator loads. @param {AbortSignal} signal */
export async function provideGenerator(signal) {
  if (which('wrk') === undefined && canInstallPackages()) await installPackages(['wrk'], signal);
  if (which('wrk') === undefined) say('wrk is not here: the load comes from Node, which takes more CPU');
}

/** @param {Load} load @returns {Promise<LoadResult>} */
export const closedLoop = (load) => (which('wrk') === undefined ? loadWithNode(load) : loadWithWrk(load));

/** @param {Load} load @returns {Promise<LoadResult>} */
async function loadWithWrk({ address, question, connections, seconds, signal }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'caisson-wrk-'));
  const script = path.join(folder, 'request.lua');
  writeFileSync(
    script,
    [
      'wrk.method = "POST"',
      `wrk.headers["Content-Type"] = "${question.type}"`,
      `wrk.body = [==[\n${question.body}]==]`,
      'done = function(summary)',
      '  local e = summary.errors',
      '  io.write(string.format("RESULT %d %d %d\\n", summary.requests - e.status, summary.duration,',
      '    e.connect + e.read + e.write + e.status + e.timeout))',
      'end',
    ].join('\n'),
  );
  try {
    const url = `http://${address.host}:${address.port}${question.path}`;
    const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', script, url];
    const { stdout } = await run(which('wrk') ?? 'wrk', args, { signal });
    const result = /^RESULT (.*)$/m.exec(stdout)?.[1] ?? '';
    const [requests = NaN, micros = NaN, failures = NaN] = result.split(' ').map(Number);
    return { perSecond: requests / (micros / 1e6), failures };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {Load} load @returns {Promise<LoadResult>} */
async function loadWithNode({ address, question, connections, seconds, signal }) {
  const bytes = requestBytes(question);
  const start = performance.now();
  const end = start + seconds * 1000;
  let successes = 0;
  let failures = 0;
  const one = async () => {
    const wire = new Wire(address);
    while (performance.now() < end && !signal.aborted) {
      const status = await wire.ask(bytes).then(
        (reply) => reply.status,
        () => 0,
      );
      if (status >= 200 && status < 300) successes += 1;
      else failures += 1;
    }
    wire.close();
  };
  await Promise.all(Array.from({ length: connections }, one));
  const took = (performance.now() - start) / 1000;
  return { perSecond: successes / took, failures };
}
