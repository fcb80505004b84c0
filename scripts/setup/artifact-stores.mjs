import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';

import { inRoot } from '../support/paths.mjs';
import { answers, freePort, isPortTaken, waitUntil } from '../support/ports.mjs';
import { which } from '../support/processes.mjs';
import { makeServiceFolder, startInFolder } from '../support/services.mjs';
import { lastLines, SetUpError } from '../support/terminal.mjs';
import { installPackages } from './apt.mjs';
import { binaryOf, providePython, STORES } from './python.mjs';

/** @typedef {import('../support/session.mjs').Session} Session */
/**
 * A server of a service folder.
 * @typedef {{ name: string, session: Session, start(folder: string, port: number): { command: string, args: readonly string[], env?: NodeJS.ProcessEnv },
 *   ready(port: number): Promise<boolean> }} Server
 */

/**
 * Starts the stores that the adapters of src/sources/artifacts are tested with, and stops them at the end: moto for S3, Azurite for Azure, an
 * emulator of Google's storage, and OpenSSH's server for sftp. Returns what the tests are told about them.
 * @param {Session} session
 */
export async function startArtifactStores(session) {
  await providePython(STORES, session.signal);
  const [s3, azure, gcs, ssh] = await Promise.all([
    startServer(motoServer(session)),
    startServer(azuriteServer(session)),
    startServer(googleEmulator(session)),
    startSshd(session),
  ]);
  return {
    CAISSON_TEST_S3_ENDPOINT: `http://127.0.0.1:${s3.port}`,
    CAISSON_TEST_AZURITE: `http://127.0.0.1:${azure.port}/devstoreaccount1`,
    CAISSON_TEST_GCS_EMULATOR: `http://127.0.0.1:${gcs.port}`,
    CAISSON_TEST_SSHD: JSON.stringify(ssh),
    // has boto3, which MLflow's server needs for S3
    CAISSON_TEST_STORES_PYTHON: binaryOf(STORES, 'python'),
  };
}

/** S3 alone. Returns its endpoint. @param {Session} session */
export async function startS3(session) {
  await providePython(STORES, session.signal);
  return `http://127.0.0.1:${(await startServer(motoServer(session))).port}`;
}

/** @param {Session} session @returns {Server} */
const motoServer = (session) => ({
  name: 'moto',
  session,
  start: (_folder, port) => ({
    command: binaryOf(STORES, 'moto_server'),
    args: ['--host', '127.0.0.1', '--port', String(port)],
  }),
  ready: (port) => answers(`http://127.0.0.1:${port}/moto-api/`),
});

/** @param {Session} session @returns {Server} */
const azuriteServer = (session) => ({
  name: 'azurite',
  session,
  start: (folder, port) => ({
    command: process.execPath,
    args: [
      inRoot('node_modules/azurite/dist/src/blob/main.js'),
      ...['--blobHost', '127.0.0.1', '--blobPort', String(port)],
      ...['--skipApiVersionCheck', '--disableTelemetry', '--silent', '--location', folder],
    ],
  }),
  ready: (port) => isPortTaken(port),
});

/** @param {Session} session @returns {Server} */
const googleEmulator = (session) => ({
  name: 'google-storage',
  session,
  start: (_folder, port) => ({
    command: binaryOf(STORES, 'gcp-storage-emulator'),
    args: ['start', '--host=127.0.0.1', `--port=${port}`, '--in-memory'],
  }),
  ready: (port) => answers(`http://127.0.0.1:${port}/storage/v1/b?project=test`),
});

/** @param {Server} server */
async function startServer({ name, session, start, ready }) {
  const folder = makeServiceFolder(name, session);
  const port = await freePort();
  const { ended, logText } = startInFolder(folder, { ...start(folder, port), session });
  const { signal } = session;
  if (!(await waitUntil(() => ready(port), { timeoutMs: 60_000, signal, ended })))
    throw new SetUpError(`${name} does not answer:\n${lastLines(logText(), 20)}`);
  return { folder, port };
}

/**
 * A server of OpenSSH for the user of this run, with keys of its own. `bin` holds an `ssh` that knows these keys: the real one reads the
 * user's own ~/.ssh, whatever HOME says, and no test may change that.
 * @param {Session} session
 */
async function startSshd(session) {
  const sshd = await findSshd(session.signal);
  const keygen = /** @type {string} */ (which('ssh-keygen'));
  const ssh = /** @type {string} */ (which('ssh'));
  /** @type {{ user: string, bin: string, knownHosts: string }} */
  let client = { user: '', bin: '', knownHosts: '' };
  const { port, folder } = await startServer({
    name: 'sshd',
    session,
    start: (below, chosen) => {
      for (const name of ['host_key', 'user_key'])
        execFileSync(keygen, ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(below, name)]);
      execFileSync('cp', [path.join(below, 'user_key.pub'), path.join(below, 'authorized_keys')]);
      writeFileSync(path.join(below, 'sshd_config'), serverConfig(below, chosen));
      client = writeClient(below, { port: chosen, ssh });
      return { command: sshd, args: ['-D', '-e', '-f', path.join(below, 'sshd_config')] };
    },
    ready: (chosen) => isPortTaken(chosen),
  });
  return { port, folder, ...client };
}

/** @param {AbortSignal} signal */
async function findSshd(signal) {
  const find = () => which('sshd') ?? which('/usr/sbin/sshd');
  if (find() === undefined) await installPackages(['openssh-server', 'openssh-client'], signal);
  // where root's server separates its privileges; the package makes it only when its service starts
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  return find() ?? '/usr/sbin/sshd';
}

/** @param {string} folder @param {number} port */
const serverConfig = (folder, port) => `ListenAddress 127.0.0.1:${port}
HostKey ${folder}/host_key
AuthorizedKeysFile ${folder}/authorized_keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
`;

/** @param {string} folder @param {{ port: number, ssh: string }} server */
function writeClient(folder, { port, ssh }) {
  const knownHosts = path.join(folder, 'known_hosts');
  const key = execFileSync('cat', [path.join(folder, 'host_key.pub')], { encoding: 'utf8' });
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${key}`);
  const config = path.join(folder, 'ssh_config');
  writeFileSync(
    config,
    `Host store-by-alias
  HostName 127.0.0.1
  Port ${port}
Host *
  IdentityFile ${folder}/user_key
  IdentitiesOnly yes
  UserKnownHostsFile ${knownHosts}
`,
  );
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(path.join(bin, 'ssh'), `#!/bin/sh\nexec ${ssh} -F ${config} "$@"\n`);
  chmodSync(path.join(bin, 'ssh'), 0o755);
  return { user: userInfo().username, bin, knownHosts };
}
