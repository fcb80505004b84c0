import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { capture, which } from '../support/processes.mjs';
import { lastLines, SetUpError } from '../support/terminal.mjs';

/**
 * Builds an image with the docker command from a folder, files that are put beside it, and `ca.pem`: the CA that this machine's package
 * indexes are seen through, empty where there is none. Returns its output's end when the build failed, undefined when it went well.
 * @param {{ api: import('./docker-api.mjs').DockerApi, signal: AbortSignal }} engine
 * @param {{ folder: string, tag: string, buildArgs?: Record<string, string>, files?: Record<string, string> }} build `files`: name in
 *   the context → path of a file or folder
 * @returns {Promise<string | undefined>}
 */
export async function dockerBuild({ api, signal }, { folder, tag, buildArgs = {}, files = {} }) {
  requireDockerCommand();
  const context = mkdtempSync(path.join(tmpdir(), 'caisson-context-'));
  try {
    cpSync(folder, context, { recursive: true });
    for (const [name, source] of Object.entries(files))
      cpSync(source, path.join(context, name), { recursive: true, dereference: true, filter: isNoCache });
    writeFileSync(path.join(context, 'ca.pem'), certificates());
    const args = Object.entries(buildArgs).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
    const { code, output } = await capture('docker', ['build', ...args, '--tag', tag, context], {
      env: dockerEnvironment(api),
      signal,
    });
    return code === 0 ? undefined : lastLines(output, 15);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

/** @param {string} file */
const isNoCache = (file) => path.basename(file) !== '__pycache__';

function certificates() {
  const file = process.env['PIP_CERT'] ?? process.env['SSL_CERT_FILE'] ?? '';
  return existsSync(file) ? readFileSync(file) : '';
}

/** MLflow builds its images with the docker command, so that the baseline cannot be had without it. */
export function requireDockerCommand() {
  if (which('docker') === undefined)
    throw new SetUpError(
      'the docker command is missing',
      'install it: Debian packages docker.io or docker-cli',
    );
}

/** @param {import('./docker-api.mjs').DockerApi} api @returns {NodeJS.ProcessEnv} */
export const dockerEnvironment = (api) => ({
  ...process.env,
  DOCKER_HOST: api.host,
  DOCKER_CONTEXT: undefined,
});
