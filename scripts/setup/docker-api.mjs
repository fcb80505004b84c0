import http from 'node:http';

import { SetUpError } from '../support/terminal.mjs';

/**
 * The few calls of the Docker Engine API that the set-up needs, with nothing but Node: it runs before `npm ci`.
 *
 * @typedef {object} DockerApi
 * @property {string} host the endpoint as DOCKER_HOST writes it: unix:///… or tcp://…
 * @property {(method: string, path: string, options?: CallOptions) => Promise<Answer>} call
 *
 * @typedef {object} CallOptions
 * @property {unknown} [json]
 * @property {NodeJS.ReadableStream} [body]
 * @property {number} [silenceMs] give up when nothing arrives for so long
 * @property {AbortSignal} [signal]
 *
 * @typedef {{ status: number, text: string, json: () => any }} Answer
 */

/** @param {string} host @returns {DockerApi | undefined} undefined when the kind of endpoint is not known here (ssh, TLS) */
export function dockerApi(host) {
  const target = targetOf(host);
  if (target === undefined) return undefined;
  return { host, call: (method, path, options = {}) => call(target, { method, path, ...options }) };
}

/** @param {string} host */
function targetOf(host) {
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  const url = /^(tcp|http):\/\//.test(host) ? new URL(host.replace(/^tcp:/, 'http:')) : undefined;
  if (url === undefined || process.env['DOCKER_TLS_VERIFY']) return undefined;
  return { host: url.hostname, port: Number(url.port || 2375) };
}

/**
 * @param {http.RequestOptions} target
 * @param {{ method: string, path: string } & CallOptions} request
 * @returns {Promise<Answer>}
 */
function call(target, { method, path, json, body, silenceMs, signal }) {
  return new Promise((resolve, reject) => {
    const type = json === undefined ? 'application/x-tar' : 'application/json';
    const hasBody = json !== undefined || body !== undefined;
    const request = http.request(
      {
        ...target,
        method,
        path,
        headers: hasBody ? { 'content-type': type } : {},
        ...(signal ? { signal } : {}),
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => (text += chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text, json: () => JSON.parse(text) }),
        );
      },
    );
    request.on('error', reject);
    if (silenceMs !== undefined) {
      request.setTimeout(silenceMs, () =>
        request.destroy(new Error(`no answer within ${silenceMs / 1000} s`)),
      );
    }
    if (body !== undefined) body.pipe(request);
    else request.end(json === undefined ? undefined : JSON.stringify(json));
  });
}

/** The engine's version, or undefined when nothing answers. @param {DockerApi} api @returns {Promise<string | undefined>} */
export async function engineVersion(api) {
  try {
    const answer = await api.call('GET', '/version', { silenceMs: 5000 });
    return answer.status === 200 ? String(answer.json().Version) : undefined;
  } catch {
    return undefined;
  }
}

/** @param {DockerApi} api @param {string} image */
export async function hasImage(api, image) {
  return (await api.call('GET', `/images/${image}/json`)).status === 200;
}

/**
 * Whether the engine has the image now, pulling it when it must. A registry that cannot be reached is found out within seconds.
 * @param {DockerApi} api @param {string} image name:tag @param {AbortSignal} signal
 */
export async function pullImage(api, image, signal) {
  if (await hasImage(api, image)) return true;
  const [name = image, tag = 'latest'] = image.split(':');
  try {
    const path = `/images/create?fromImage=${name}&tag=${tag}`;
    await api.call('POST', path, { silenceMs: 8000, signal });
  } catch {
    signal.throwIfAborted();
  }
  return hasImage(api, image);
}

/**
 * Turns a root file system into an image.
 * @param {DockerApi} api @param {{ image: string, tar: NodeJS.ReadableStream, signal: AbortSignal }} what
 */
export async function importImage(api, { image, tar, signal }) {
  const [name, tag] = image.split(':');
  const path = `/images/create?fromSrc=-&repo=${name}&tag=${tag}`;
  const answer = await api.call('POST', path, { body: tar, signal });
  if (answer.status !== 200 || !(await hasImage(api, image))) {
    throw new SetUpError(`the engine did not import ${image}: ${answer.text.trim()}`);
  }
}

/**
 * Starts a container that the engine removes when it stops; returns its id.
 * @param {DockerApi} api @param {Record<string, unknown>} definition the body of Docker's create call
 */
export async function startContainer(api, definition) {
  const created = await api.call('POST', '/containers/create', { json: definition });
  if (created.status !== 201) throw new SetUpError(`no container: ${created.text.trim()}`);
  const id = String(created.json().Id);
  const started = await api.call('POST', `/containers/${id}/start`);
  if (started.status >= 300) {
    await removeContainer(api, id);
    throw new SetUpError(`the container does not start: ${started.text.trim()}`);
  }
  return id;
}

/** @param {DockerApi} api @param {string} id */
export async function removeContainer(api, id) {
  await api.call('DELETE', `/containers/${id}?force=true&v=true`);
}

/**
 * Names of all containers, stopped ones included, that begin with a prefix.
 * @param {DockerApi} api @param {string} prefix @returns {Promise<string[]>}
 */
export async function containersNamed(api, prefix) {
  const list = (await api.call('GET', '/containers/json?all=true')).json();
  const names = list.flatMap((/** @type {{ Names: string[] }} */ { Names }) => Names).map(String);
  return names
    .map((/** @type {string} */ name) => name.replace(/^\//, ''))
    .filter((/** @type {string} */ name) => name.startsWith(prefix));
}
