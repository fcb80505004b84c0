// Resolves a model as the command does, in a process of its own, and prints as JSON what it took: `node probe.mjs URI CACHE DIST TIMES`.
import { subscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const [uri = '', cache = '', dist = '', times = '1'] = process.argv.slice(2);

let requests = 0;
// Node's fetch and undici, and what the SDK of S3 uses
for (const channel of ['undici:request:create', 'http.client.request.start'])
  subscribe(channel, () => {
    requests += 1;
  });

/** The most memory that the process ever held, in MB of a million bytes. */
function peakMegabytes() {
  const [, kibibytes = 0] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return (Number(kibibytes) * 1024) / 1_000_000;
}

/** @param {string} file */
const load = (file) => import(path.join(dist, file));

const { openSources, resolveTracking } = await load('cli/stores.js');
const folders = { home: cache, cache };
const input = {
  environment: process.env,
  workingFolder: process.cwd(),
  folders,
  secrets: { add: () => undefined },
  cacheLimit: 100_000_000_000,
};
const sources = await openSources(await resolveTracking({}, input), input);
const signal = new AbortController().signal;
const startedMs = performance.now();
const milliseconds = [];
for (let time = 0; time < Number(times); time += 1) {
  const begun = performance.now();
  requests = 0;
  const { model, dispose } = await sources.resolve(await sources.parse(uri), {
    emit: () => undefined,
    signal,
  });
  milliseconds.push(performance.now() - begun);
  if (model.files.length === 0) throw new Error('no files came');
  await dispose();
}
const { user, system } = process.cpuUsage();
const cpuSeconds = (user + system) / 1_000_000;
process.stdout.write(
  JSON.stringify({ startedMs, milliseconds, cpuSeconds, requests, peakMegabytes: peakMegabytes() }),
);
