import { randomFillSync } from 'node:crypto';
import { closeSync, mkdirSync, openAsBlob, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';

import { startS3 } from '../setup/artifact-stores.mjs';
import { startTrackingServer } from '../setup/tracking-server.mjs';
import { SetUpError } from '../support/terminal.mjs';

/** @typedef {import('../support/session.mjs').Session} Session */
/** @typedef {{ name: string, what: string, folder: string, files: readonly string[] }} Model */
/**
 * A model at a place.
 * @typedef {object} Place
 * @property {string} what
 * @property {Model} model
 * @property {string} uri as caisson and MLflow take it
 * @property {(file: string) => string} urlOf what curl is given
 * @property {Record<string, string>} env for caisson and MLflow
 */

const GIGABYTE = 1_000_000_000;
const MANY = 2000;
const PER_FOLDER = 100;
const CHUNK = Buffer.allocUnsafe(4_000_000);
const TEXTS = {
  MLmodel: 'flavors:\n  python_function:\n    loader_module: bench\n    python_version: 3.11.2\n',
  'requirements.txt': 'mlflow\n',
};
const BUCKET = 'caisson-bench';

/**
 * One file, and two thousand in twenty folders: a gigabyte each, of random bytes, on a tracking server and in S3.
 * @param {Session} session @returns {Promise<Place[]>}
 */
export async function providePlaces(session) {
  const server = await startTrackingServer(session);
  // the server reads them where they lie, as if they had been logged
  const folder = server.artifacts;
  const models = [
    makeModel(folder, { name: 'one', what: '1 GB in one file', paths: ['weights.bin'] }),
    makeModel(folder, { name: 'many', what: '1 GB in 2,000 files', paths: manyPaths() }),
  ];
  const s3 = await startS3(session);
  await upload(s3, models, session.signal);
  return models.flatMap((model) => [behindServer(server.uri, model), inS3(s3, model)]);
}

/** @param {string} server @param {Model} model @returns {Place} */
const behindServer = (server, model) => ({
  what: `tracking server, ${model.what}`,
  model,
  uri: `mlflow-artifacts:/${model.name}`,
  urlOf: (file) => `${server}/api/2.0/mlflow-artifacts/artifacts/${model.name}/${file}`,
  env: { MLFLOW_TRACKING_URI: server },
});

/** @param {string} endpoint @param {Model} model @returns {Place} */
const inS3 = (endpoint, model) => ({
  what: `S3, ${model.what}`,
  model,
  uri: `s3://${BUCKET}/${model.name}`,
  urlOf: (file) => `${endpoint}/${BUCKET}/${model.name}/${file}`,
  env: {
    MLFLOW_S3_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  },
});

const manyPaths = () =>
  Array.from({ length: MANY }, (_, index) => {
    const folder = String(Math.floor(index / PER_FOLDER)).padStart(2, '0');
    return `shards-${folder}/${String(index).padStart(4, '0')}.bin`;
  });

/** @param {string} below @param {{ name: string, what: string, paths: readonly string[] }} content @returns {Model} */
function makeModel(below, { name, what, paths }) {
  const folder = path.join(below, name);
  for (const file of paths) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeRandom(path.join(folder, file), GIGABYTE / paths.length);
  }
  for (const [file, text] of Object.entries(TEXTS)) writeFileSync(path.join(folder, file), text);
  return { name, what, folder, files: [...Object.keys(TEXTS), ...paths] };
}

/** @param {string} file @param {number} size */
function writeRandom(file, size) {
  const handle = openSync(file, 'w');
  for (let left = size; left > 0; left -= CHUNK.byteLength) {
    randomFillSync(CHUNK);
    writeSync(handle, CHUNK, 0, Math.min(left, CHUNK.byteLength));
  }
  closeSync(handle);
}

/** @param {string} endpoint @param {readonly Model[]} models @param {AbortSignal} signal */
async function upload(endpoint, models, signal) {
  await put(`${endpoint}/${BUCKET}`, '', signal);
  for (const { name, folder, files } of models)
    for (const file of files)
      await put(`${endpoint}/${BUCKET}/${name}/${file}`, await openAsBlob(path.join(folder, file)), signal);
}

/** @param {string} url @param {string | Blob} body @param {AbortSignal} signal */
async function put(url, body, signal) {
  // curl asks without a login
  const headers = { 'x-amz-acl': 'public-read' };
  const response = await fetch(url, { method: 'PUT', headers, body, signal });
  const text = await response.text();
  if (!response.ok) throw new SetUpError(`S3 answered ${response.status} to PUT ${url}: ${text}`);
}
