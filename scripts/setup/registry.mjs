import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { answers, freePort, waitUntil } from '../support/ports.mjs';
import { which } from '../support/processes.mjs';
import { makeServiceFolder, startInFolder } from '../support/services.mjs';
import { SetUpError } from '../support/terminal.mjs';
import { installPackages } from './apt.mjs';
import { pullImage, removeContainer, startContainer } from './docker-api.mjs';

/** The login of the registry that asks for one. It guards nothing: the registry listens on loopback while a test runs. */
export const REGISTRY_LOGIN = { username: 'caisson', password: 'demo-only' };

/** `htpasswd -nbB` of the login above. */
const HTPASSWD = 'caisson:$2y$05$/ZGRxf3/94poy3XBSoNahO/Qf26mZq6lnWqOn5OUNoMfdZ9RkOQKK';
const IMAGE = 'registry:2';

/** Whether the registry's program is on this machine. */
export const hasRegistryProgram = () => which('docker-registry') !== undefined;

/**
 * Starts an empty registry and stops it at the end: the official image when the engine has it or can pull it, else Debian's
 * `docker-registry`.
 * @param {{ api: import('./docker-api.mjs').DockerApi, session: import('../support/session.mjs').Session, access: 'open' | 'login' }} options
 * @returns {Promise<string>} host:port, as an image reference writes it
 */
export async function startRegistry({ api, session, access }) {
  const port = await freePort();
  if (hasRegistryProgram() || !(await pullImage(api, IMAGE, session.signal))) {
    await startProgram({ port, access, session });
  } else {
    await startInEngine(api, { port, access, session });
  }
  const url = `http://127.0.0.1:${port}/v2/`;
  if (!(await waitUntil(() => answers(url), { timeoutMs: 20_000, signal: session.signal }))) {
    throw new SetUpError(`the registry does not answer at ${url}`);
  }
  return `localhost:${port}`;
}

/** @typedef {{ port: number, access: 'open' | 'login', session: import('../support/session.mjs').Session }} RegistryOptions */

/** @param {RegistryOptions} options */
async function startProgram({ port, access, session }) {
  if (!hasRegistryProgram()) await installPackages(['docker-registry'], session.signal);
  const folder = makeServiceFolder('registry', session);
  const passwords = path.join(folder, 'htpasswd');
  writeFileSync(passwords, `${HTPASSWD}\n`);
  const lines = [
    'version: 0.1',
    'log: { level: warn }',
    `storage: { filesystem: { rootdirectory: "${folder}/data" }, delete: { enabled: true } }`,
    `http: { addr: "127.0.0.1:${port}" }`,
    ...(access === 'login' ? [`auth: { htpasswd: { realm: caisson-test, path: "${passwords}" } }`] : []),
  ];
  const config = path.join(folder, 'config.yml');
  writeFileSync(config, `${lines.join('\n')}\n`);
  startInFolder(folder, {
    command: which('docker-registry') ?? 'docker-registry',
    args: ['serve', config],
    session,
  });
}

/** @param {import('./docker-api.mjs').DockerApi} api @param {RegistryOptions} options */
async function startInEngine(api, { port, access, session }) {
  const login = [
    'REGISTRY_AUTH=htpasswd',
    'REGISTRY_AUTH_HTPASSWD_REALM=caisson-test',
    'REGISTRY_AUTH_HTPASSWD_PATH=/tmp/htpasswd',
  ];
  const id = await startContainer(api, {
    Image: IMAGE,
    // The file is written inside, so that it works with an engine on another machine too.
    Entrypoint: [
      'sh',
      '-c',
      'echo "$LOGIN" > /tmp/htpasswd && exec registry serve /etc/docker/registry/config.yml',
    ],
    Cmd: [],
    Env: [`LOGIN=${HTPASSWD}`, 'REGISTRY_STORAGE_DELETE_ENABLED=true', ...(access === 'login' ? login : [])],
    Labels: { 'caisson.dev': 'registry' },
    ExposedPorts: { '5000/tcp': {} },
    HostConfig: {
      AutoRemove: true,
      PortBindings: { '5000/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] },
    },
  });
  session.atEnd('stop the registry', () => removeContainer(api, id));
}
