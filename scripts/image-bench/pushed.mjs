import { SetUpError } from '../support/terminal.mjs';

/**
 * What a registry holds of an image.
 * @typedef {{ digest: string, size: number }} Blob
 */

const MANIFESTS =
  'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json';

/** Configuration, layers and the manifest itself. @param {string} registry host:port @param {{ repository: string, tag: string }} image @returns {Promise<Blob[]>} */
export async function blobsOf(registry, { repository, tag }) {
  const url = `http://${registry}/v2/${repository}/manifests/${tag}`;
  const response = await fetch(url, { headers: { accept: MANIFESTS } });
  const text = await response.text();
  if (!response.ok) throw new SetUpError(`the registry does not give ${url}: ${response.status} ${text}`);
  const { config, layers } = JSON.parse(text);
  return [config, ...layers, { digest: response.headers.get('docker-content-digest'), size: text.length }];
}

/** Bytes that were not there before. @param {readonly Blob[]} before @param {readonly Blob[]} after */
export function newBytes(before, after) {
  const known = new Set(before.map(({ digest }) => digest));
  return after.filter(({ digest }) => !known.has(digest)).reduce((sum, { size }) => sum + size, 0);
}
