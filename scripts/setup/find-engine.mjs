import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

import { dockerApi, engineVersion } from './docker-api.mjs';

/** Where an engine may answer, in the order of the docker command. @returns {string[]} */
function candidateHosts() {
  const home = homedir();
  const runtime = process.env['XDG_RUNTIME_DIR'];
  const hosts = [
    process.env['DOCKER_HOST'],
    contextHost(process.env['DOCKER_CONFIG'] || path.join(home, '.docker')),
    'unix:///var/run/docker.sock',
    `unix://${home}/.docker/run/docker.sock`,
    runtime && `unix://${runtime}/docker.sock`,
  ];
  return hosts.flatMap((host) => (host && !isMissingSocket(host) ? [host] : []));
}

/** @param {string} host */
const isMissingSocket = (host) => host.startsWith('unix://') && !existsSync(host.slice('unix://'.length));

/** The endpoint of the current docker context. @param {string} folder docker's configuration folder */
function contextHost(folder) {
  try {
    const name =
      process.env['DOCKER_CONTEXT'] ||
      JSON.parse(readFileSync(path.join(folder, 'config.json'), 'utf8')).currentContext;
    const id = createHash('sha256').update(String(name)).digest('hex');
    const meta = path.join(folder, 'contexts', 'meta', id, 'meta.json');
    return String(JSON.parse(readFileSync(meta, 'utf8')).Endpoints.docker.Host);
  } catch {
    return undefined; // no configuration, or the default context
  }
}

/** The first engine that answers. @returns {Promise<{ api: import('./docker-api.mjs').DockerApi, version: string } | undefined>} */
export async function findEngine() {
  for (const host of candidateHosts()) {
    const api = dockerApi(host);
    const version = api && (await engineVersion(api));
    if (api && version) return { api, version };
  }
  return undefined;
}
