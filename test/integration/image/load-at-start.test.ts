import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.ts';
import {
  AZURITE,
  azuriteConnection,
  GCS_EMULATOR,
  S3_ENDPOINT,
  SSHD,
  withVariables,
} from '../../support/artifact-stores.ts';
import { buildByCli, type Ran } from '../../support/cli-build.ts';
import { EngineProbe } from '../../support/engine-probe.ts';
import { type Forwarder, startForwarder } from '../../support/forwarder.ts';
import { runMlflowScript } from '../../support/mlflow.ts';
import { modelFiles } from '../../support/model-files.ts';
import { noS3OfMlflow, S3_KEYS, s3ForMlflow } from '../../support/s3-of-mlflow.ts';
import { skipReason, TEST_ENGINE, titled } from '../../support/test-engine.ts';
import { suiteFolder, writeTree } from '../../support/test-folders.ts';
import { recordedStream, textSink } from '../../support/text-sink.ts';

const RUN = `start-${process.pid}`;
/** How a container calls this machine; telling one of a tracking server there makes the name known to it. */
const HOST = 'host.docker.internal';
const TRACKING_URI = process.env['CAISSON_TEST_TRACKING_URI'];
const absent = skipReason ?? noS3OfMlflow ?? (TRACKING_URI === undefined ? 'no tracking server' : undefined);

/** Needs nothing that is not in every image of MLflow. */
const MODEL = modelFiles({
  MLmodel: `flavors:
  python_function:
    code: code
    env: {virtualenv: python_env.yaml}
    loader_module: own
    python_version: 3.11.7
mlflow_version: 3.17.2
signature: {inputs: '[{"type": "double", "name": "x", "required": true}]', outputs: null, params: null}
`,
  'code/own.py': `class Model:
    def predict(self, data, params=None):
        return [41.0 + value for value in data["x"]]

def _load_pyfunc(path):
    return Model()
`,
  'requirements.txt': 'mlflow==3.17.2\n',
});

/** Where a model is, and what a container is told to get at it. */
interface Place {
  readonly uri: string;
  readonly arguments: readonly string[];
  /** What caisson itself is told. */
  readonly variables?: Readonly<Record<string, string>>;
}

describe.skipIf(absent !== undefined)(titled('an image built with --load-at-start'), () => {
  const folder = suiteFolder();
  const forwarders: Forwarder[] = [];
  let probe: EngineProbe;
  withVariables(() => ({
    ...{ ...S3_KEYS, AWS_PROFILE: undefined, AWS_CONFIG_FILE: '/nonexistent' },
    ...{ PATH: `${SSHD?.bin ?? ''}:${process.env['PATH'] ?? ''}`, SSH_AUTH_SOCK: undefined },
  }));

  beforeAll(async () => {
    probe = await EngineProbe.open();
    writeTree(join(folder.path, 'model'), MODEL);
  });
  afterAll(async () => {
    await probe.removeImages(new RegExp(`^caisson-test/${RUN}`));
    for (const forwarder of forwarders) await forwarder.close();
  });

  /** The port by which a container reaches a server of loopback. */
  async function reached(url: string): Promise<number> {
    const forwarder = await startForwarder(Number(new URL(url).port));
    forwarders.push(forwarder);
    return forwarder.port;
  }

  /** A run whose experiment has its files in a bucket. */
  async function inS3(): Promise<Place> {
    const env = await s3ForMlflow(folder.path, RUN);
    const script = `
import json, mlflow
experiment = mlflow.MlflowClient().create_experiment("${RUN}", artifact_location="s3://${RUN}/runs")
with mlflow.start_run(experiment_id=experiment) as run:
    mlflow.log_artifacts("model", "own")
print(json.dumps(run.info.run_id))
`;
    const runId = await runMlflowScript({ script, trackingUri: TRACKING_URI!, folder: folder.path, env });
    const endpoint = `MLFLOW_S3_ENDPOINT_URL=http://${HOST}:${await reached(S3_ENDPOINT!)}`;
    return {
      uri: `runs:/${String(runId)}/own`,
      arguments: ['--tracking-uri', TRACKING_URI!, ...['-e', endpoint], ...given(S3_KEYS)],
      variables: { MLFLOW_TRACKING_URI: TRACKING_URI!, MLFLOW_S3_ENDPOINT_URL: S3_ENDPOINT!, ...S3_KEYS },
    };
  }

  async function inAzure(): Promise<Place> {
    const container = BlobServiceClient.fromConnectionString(azuriteConnection()).getContainerClient(RUN);
    await container.create();
    for (const [path, text] of Object.entries(MODEL))
      await container.getBlockBlobClient(`own/${path}`).uploadData(Buffer.from(text));
    const endpoint = `http://${HOST}:${await reached(AZURITE!)}/devstoreaccount1`;
    const name = 'AZURE_STORAGE_CONNECTION_STRING';
    return {
      uri: `wasbs://${RUN}@devstoreaccount1.blob.core.windows.net/own`,
      arguments: given({ [name]: azuriteConnection(undefined, endpoint), ...SOME_SERVER }),
      variables: { [name]: azuriteConnection() },
    };
  }

  async function inGoogles(): Promise<Place> {
    const post = (path: string, body: string, type = 'text/plain'): Promise<Response> =>
      fetch(`${GCS_EMULATOR!}${path}`, { method: 'POST', headers: { 'content-type': type }, body });
    await post('/storage/v1/b?project=test', JSON.stringify({ name: RUN }), 'application/json');
    for (const [path, text] of Object.entries(MODEL))
      await post(
        `/upload/storage/v1/b/${RUN}/o?uploadType=media&name=${encodeURIComponent(`models/own/${path}`)}`,
        text,
      );
    const emulator = `http://${HOST}:${await reached(GCS_EMULATOR!)}`;
    return {
      // MLflow's client mistakes names at the top of a bucket
      uri: `gs://${RUN}/models/own`,
      arguments: given({ STORAGE_EMULATOR_HOST: emulator, ...SOME_SERVER }),
      variables: { STORAGE_EMULATOR_HOST: GCS_EMULATOR! },
    };
  }

  /** MLflow's client reads ~/.ssh, which is below /tmp in the image; it looks for the key of a host by its name without a port. */
  async function behindSsh(): Promise<Place> {
    const { folder: below, knownHosts, user, port } = SSHD!;
    const place = join(below, RUN);
    writeTree(place, MODEL);
    const home = join(folder.path, 'ssh');
    mkdirSync(home);
    const key = readFileSync(knownHosts, 'utf8').replace(/^\S+/, HOST);
    writeFileSync(join(home, 'known_hosts'), key);
    // pysftp reads no other kind
    execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-m', 'PEM', '-N', '', '-f', join(home, 'key')]);
    appendFileSync(join(below, 'authorized_keys'), readFileSync(join(home, 'key.pub')));
    chmodSync(join(home, 'key'), 0o644);
    const outer = await reached(`ssh://127.0.0.1:${port}`);
    const config = ['HostName', HOST, 'Port', outer, 'User', user, 'IdentityFile', '/tmp/.ssh/key'];
    writeFileSync(join(home, 'config'), `Host store-by-alias\n${pairs(config)}`);
    return {
      uri: `sftp://store-by-alias${place}`,
      arguments: [...given(SOME_SERVER), '-v', `${home}:/tmp/.ssh:ro`],
    };
  }

  function inFolder(): Promise<Place> {
    const args = ['-v', `${join(folder.path, 'model')}:/mnt/model:ro`];
    return Promise.resolve({ uri: './model', arguments: [...args, '-e', 'MLFLOW_MODEL_URI=/mnt/model'] });
  }

  async function start(image: string, { arguments: args, variables = {} }: Place): Promise<Ran> {
    const [stdout, stderr] = [textSink(), recordedStream()];
    const exitCode = await runCli({
      argv: ['run', image, '-d', '--rm', '--name', `caisson-${RUN}`, '-p', '127.0.0.1:0:5001', ...args],
      environment: { DOCKER_HOST: TEST_ENGINE.host ?? '', HOME: folder.path, ...variables },
      workingFolder: folder.path,
      version: '1.2.3',
      stdout,
      stderr,
      signal: new AbortController().signal,
    });
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
  }

  it.each([
    ['S3, which a run at a server names', inS3],
    ["Azure's blobs", inAzure],
    ["Google's storage, in an emulator that is not Google's own", inGoogles],
    ['sftp', behindSsh],
    ['a folder that is mounted', inFolder],
  ])('loads its model from %s', async (name, make) => {
    const place = await make();
    const tag = `caisson-test/${RUN}:${make.name.toLowerCase()}`;
    const { uri: model, variables = {} } = place;
    const built = await buildByCli({
      folder: folder.path,
      model,
      tag,
      options: ['--load-at-start'],
      variables,
    });
    expect(built, built.stderr).toMatchObject({ exitCode: 0 });
    const args = [...(model.startsWith('.') ? [] : ['-e', `MLFLOW_MODEL_URI=${model}`]), ...place.arguments];
    const started = await start(tag, { ...place, arguments: args });
    try {
      expect(started, started.stderr).toMatchObject({ exitCode: 0 });
      const answer = await fetch(`${started.stdout.trim()}/predict`, {
        method: 'POST',
        body: '{"inputs": [[1]]}',
      });
      expect([name, await answer.json()]).toEqual([name, { predictions: [42] }]);
    } finally {
      await probe.api
        .json({ method: 'DELETE', path: `/containers/caisson-${RUN}`, query: { force: 1 } })
        .catch(() => undefined);
    }
  });
});

const SOME_SERVER = { MLFLOW_TRACKING_URI: `http://${HOST}:1` };

const given = (variables: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(variables).flatMap(([name, value]) => ['-e', `${name}=${value}`]);

function pairs(words: readonly (string | number)[]): string {
  return words.map((word, index) => `${word}${index % 2 === 0 ? ' ' : '\n'}`).join('');
}
