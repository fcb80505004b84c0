import { spawn } from 'node:child_process';

import { inRoot } from '../support/paths.mjs';
import { SetUpError } from '../support/terminal.mjs';

/**
 * What the bench asks of the engine itself. BuildKit is used through the API, because the docker command has it only as a plug-in.
 * @typedef {import('../setup/docker-api.mjs').DockerApi} DockerApi
 * @typedef {{ api: DockerApi, signal: AbortSignal }} Engine
 */

/** All images of the bench have this name, or end with it. */
export const REPOSITORY = 'caisson-test/image-bench';

/**
 * Builds a folder of this one together with a model, with BuildKit.
 * @param {Engine} engine
 * @param {{ folder: string, model?: string, tag: string, buildArgs: Record<string, string> }} build
 *   `model`: a folder that is called `model`
 */
export async function buildWithBuildKit({ api, signal }, { folder, model, tag, buildArgs }) {
  const query = new URLSearchParams({
    version: '2',
    t: tag,
    buildargs: JSON.stringify(buildArgs),
  });
  const parts = ['--directory', inRoot(`scripts/image-bench/${folder}`), '.'];
  if (model !== undefined) parts.push('--directory', `${model}/..`, 'model');
  const tar = spawn('tar', ['--create', '--file', '-', ...parts], {
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  });
  tar.once('error', () => undefined);
  const answer = await api.call('POST', `/build?${query}`, { body: tar.stdout, signal });
  const failure = /^\{"errorDetail".*$/m.exec(answer.text)?.[0];
  if (answer.status !== 200 || failure !== undefined)
    throw new SetUpError(`${tag} is not built: ${failure ?? answer.text.trim()}`);
}

/** @param {DockerApi} api @param {string} image @returns {Promise<{ Id: string, Size: number } | undefined>} bytes */
export async function inspectImage(api, image) {
  const answer = await api.call('GET', `/images/${image}/json`);
  return answer.status === 200 ? answer.json() : undefined;
}

/** @param {DockerApi} api @param {string | undefined} image */
export async function removeImage(api, image) {
  if (image !== undefined) await api.call('DELETE', `/images/${image}?force=true`);
}

/** Removes the images of this bench, those of a run that was killed included. @param {DockerApi} api @param {string} [kept] */
export async function removeOurImagesBut(api, kept) {
  const images = (await api.call('GET', '/images/json')).json();
  /** @type {string[]} */
  const tags = images.flatMap((/** @type {{ RepoTags: string[] | null }} */ { RepoTags }) => RepoTags ?? []);
  for (const tag of tags.filter((name) => name.includes(`${REPOSITORY}:`) && name !== kept))
    await removeImage(api, tag);
}

/** Empties the build cache. Only for an engine of our own. @param {DockerApi} api @param {'all' | 'layers'} what `layers`: the caches of package installers stay */
export async function emptyBuildCache(api, what) {
  const filters = what === 'all' ? {} : { type: ['regular'] };
  const query = new URLSearchParams({ all: 'true', filters: JSON.stringify(filters) });
  const answer = await api.call('POST', `/build/prune?${query}`);
  if (answer.status !== 200) throw new SetUpError(`the build cache is not emptied: ${answer.text.trim()}`);
}
