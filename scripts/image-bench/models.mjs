import { randomBytes } from 'node:crypto';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

import { binaryOf, PYTHON } from '../setup/python.mjs';
import { inRoot } from '../support/paths.mjs';
import { run } from '../support/processes.mjs';
import { say } from '../support/terminal.mjs';

/**
 * The models that are built: each a folder NAME/model in the bench's own folder, because they are changed.
 * @typedef {Pick<import('./builders.mjs').Bench, 'folder' | 'signal'>} Place
 */

const CHUNK = 64 * 1024 * 1024;
/** Of the file that makes the large model large: a gigabyte. */
const LARGE = 16;
const WEIGHTS = 'weights.bin';

/** @param {Place} place @returns {string} the model's folder */
export const iris = (place) => copyOfIris(place, 'iris');

/** The iris model with a file of a gigabyte that no compression makes smaller. @param {Place} place @returns {string} */
export function largeIris(place) {
  const model = copyOfIris(place, 'large');
  const weights = path.join(model, WEIGHTS);
  if (existsSync(weights)) return model;
  const file = openSync(weights, 'w');
  for (let count = 0; count < LARGE; count += 1) writeSync(file, randomBytes(CHUNK));
  closeSync(file);
  return model;
}

/** @param {Place} place @param {string} name */
function copyOfIris({ folder }, name) {
  const model = path.join(folder, name, 'model');
  if (!existsSync(model)) {
    mkdirSync(path.dirname(model), { recursive: true });
    cpSync(inRoot('fixtures/models/mlflow3-iris-tensor'), model, { recursive: true });
  }
  return model;
}

/** The other models, saved with real MLflow. @param {Place} place @returns {Promise<{ xgboost: string, pandas: string }>} */
export async function savedModels({ folder, signal }) {
  const models = { xgboost: path.join(folder, 'xgboost/model'), pandas: path.join(folder, 'pandas/model') };
  if (existsSync(models.pandas)) return models;
  say('  saving the models with MLflow');
  const env = { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', MLFLOW_TRACKING_URI: undefined };
  const script = inRoot('scripts/image-bench/models/save.py');
  await run(binaryOf(PYTHON, 'python'), [script, folder], { cwd: folder, env, signal });
  return models;
}

/** Puts other bytes behind the model, which a zip file does not mind. @param {string} model of iris */
export function change(model) {
  const original = readFileSync(inRoot('fixtures/models/mlflow3-iris-tensor/model.skops'));
  writeFileSync(path.join(model, 'model.skops'), Buffer.concat([original, randomBytes(8)]));
}

/** Changes eight bytes in the middle. @param {string} model of largeIris */
export function changeLarge(model) {
  const file = openSync(path.join(model, WEIGHTS), 'r+');
  writeSync(file, randomBytes(8), 0, 8, (CHUNK * LARGE) / 2);
  closeSync(file);
}

/** @param {string} model @returns {number} bytes */
export function sizeOf(model) {
  const names = readdirSync(model, { recursive: true, encoding: 'utf8' });
  const files = names.map((name) => statSync(path.join(model, name))).filter((stat) => stat.isFile());
  return files.reduce((sum, { size }) => sum + size, 0);
}
