import { inRoot } from '../support/paths.mjs';
import { asCsv, asInputs, asOpenInference, asPredict, asSplit } from './bodies.mjs';
import { buildCaisson, buildMlflow, buildPeer } from './images.mjs';

/**
 * A server of the iris model: how to get it, how to ask it, and where its answer holds the predictions.
 *
 * @typedef {(rows: readonly number[][]) => import('./bodies.mjs').Question} Form
 * @typedef {object} Contestant
 * @property {string} name
 * @property {number} port
 * @property {string} ready the path that answers 200 when predictions can be asked for
 * @property {(workshop: import('./images.mjs').Workshop, model: string) => Promise<string>} build
 * @property {Form} row the form of a single row
 * @property {Form} table the form of many rows as JSON
 * @property {Form | undefined} csv
 * @property {(answer: any) => unknown} predictions
 */

const fromPredictions = (/** @type {any} */ answer) => answer.predictions;

/** Trained on plain arrays: a model that knows column names warns at each array, which would slow down those who send it none. */
const PLAIN_MODEL = 'fixtures/models/mlflow3-iris-tensor';

/** @param {string} name @returns {Contestant['build']} */
const peer = (name) => (workshop) => buildPeer(workshop, { name, model: inRoot(PLAIN_MODEL) });

/**
 * All of them. `row` is how a row is sent to a model of this signature, where the protocol is MLflow's.
 * @param {'tensor' | 'columns'} signature @returns {readonly Contestant[]}
 */
export function contestants(signature) {
  const forms = signature === 'columns' ? { row: asSplit, csv: asCsv } : { row: asInputs, csv: undefined };
  // MLflow's own server refuses CSV for a model with a tensor signature.
  const mlflowProtocol = { ...forms, table: asSplit, predictions: fromPredictions };
  return [
    {
      name: 'mlflow',
      port: 8080,
      ready: '/ping',
      build: buildMlflow,
      ...mlflowProtocol,
    },
    {
      name: 'caisson',
      port: 5001,
      ready: '/ping',
      build: (workshop, model) => buildCaisson(workshop, { model, tag: 'caisson-test/bench-serve:1' }),
      ...mlflowProtocol,
    },
    {
      name: 'bentoml',
      port: 8080,
      ready: '/readyz',
      build: peer('bentoml'),
      row: asPredict,
      table: asPredict,
      csv: undefined,
      predictions: (answer) => answer,
    },
    {
      name: 'mlserver',
      port: 8080,
      ready: '/v2/models/iris/ready',
      build: peer('mlserver'),
      row: asOpenInference,
      table: asOpenInference,
      csv: undefined,
      predictions: (answer) => answer.outputs[0].data,
    },
    {
      name: 'mlserver-mlflow',
      port: 8080,
      ready: '/v2/models/iris/ready',
      build: (workshop, model) => buildPeer(workshop, { name: 'mlserver-mlflow', model }),
      ...mlflowProtocol,
    },
    {
      name: 'litserve',
      port: 8080,
      ready: '/health',
      build: peer('litserve'),
      row: asPredict,
      table: asPredict,
      csv: undefined,
      predictions: fromPredictions,
    },
  ];
}
