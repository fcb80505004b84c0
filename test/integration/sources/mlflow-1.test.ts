import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ResolvedModel } from '../../../src/model/resolved-model.ts';
import { createModelSources } from '../../../src/sources/index.ts';
import { MLFLOW1_PYTHON, NO_MLFLOW1, runMlflowScript } from '../../support/mlflow.ts';
import { suiteFolder } from '../../support/test-folders.ts';

/** A run with a model, and where the store has a registry, two versions: the first in Production. */
const SCRIPT = `
import json, mlflow, sklearn, warnings
import mlflow.sklearn
warnings.filterwarnings("ignore")
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
X, y = load_iris(return_X_y=True)
needs = [f"mlflow=={mlflow.__version__}", f"scikit-learn=={sklearn.__version__}"]
mlflow.set_experiment("iris")
with mlflow.start_run() as run:
    mlflow.sklearn.log_model(LogisticRegression(max_iter=500).fit(X, y), "iris_model", pip_requirements=needs)
if mlflow.get_tracking_uri().startswith("sqlite"):
    client = mlflow.tracking.MlflowClient()
    client.create_registered_model("iris")
    for _ in range(2):
        client.create_model_version("iris", f"{run.info.artifact_uri}/iris_model", run.info.run_id)
    client.transition_model_version_stage("iris", "1", "Production")
print(json.dumps(run.info.run_id))
`;

async function resolve(
  uri: string,
  client: { readonly workingFolder: string; readonly trackingUri?: string },
): Promise<ResolvedModel> {
  const cacheFolder = join(client.workingFolder, 'cache of the test');
  const sources = createModelSources({ credentials: { kind: 'none' }, cacheFolder, ...client });
  const context = { emit: () => undefined, signal: new AbortController().signal };
  const { model, dispose } = await sources.resolve(await sources.parse(uri), context);
  await dispose();
  return model;
}

describe.skipIf(MLFLOW1_PYTHON === undefined)(`a file store that MLflow 1.30 wrote${NO_MLFLOW1}`, () => {
  const folder = suiteFolder();
  const moved = suiteFolder();
  let runId: string;

  beforeAll(async () => {
    const trackingUri = `file://${join(folder.path, 'mlruns')}`;
    const made = { script: SCRIPT, folder: folder.path, trackingUri, python: MLFLOW1_PYTHON };
    runId = (await runMlflowScript(made)) as string;
  });

  it('has a model whose environment is one name, and is read where it was moved to', async () => {
    const model = await resolve(`runs:/${runId}/iris_model`, { workingFolder: folder.path });
    expect(model.origin).toMatchObject({ runId });
    expect(model.mlmodel).toMatchObject({
      ...{ mlflowVersion: '1.30.1', environmentFiles: { conda: 'conda.yaml' } },
      mainFlavor: 'sklearn',
    });
    expect(model.environment.requirements.map(({ text }) => text)).toContain('mlflow==1.30.1');
    renameSync(join(folder.path, 'mlruns'), join(moved.path, 'mlruns'));
    const there = await resolve(`runs:/${runId}/iris_model`, { workingFolder: moved.path });
    expect(there.digest).toBe(model.digest);
  });

  it('has no registry, and says so', async () => {
    await expect(resolve('models:/iris/1', { workingFolder: moved.path })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      exitCode: 3,
    });
  });

  it('has models that need nothing but their conda.yaml', async () => {
    const workingFolder = moved.path;
    const place = join(workingFolder, 'mlruns', '1', runId, 'artifacts', 'iris_model');
    for (const name of ['python_env.yaml', 'requirements.txt']) rmSync(join(place, name));
    const { environment } = await resolve(`runs:/${runId}/iris_model`, { workingFolder });
    expect(environment.pythonMinor).toMatch(/^3\.\d+$/);
    expect(environment.requirements.map(({ text }) => text)).toEqual([
      'mlflow==1.30.1',
      expect.stringMatching(/^scikit-learn==/),
    ]);
  });
});

describe.skipIf(MLFLOW1_PYTHON === undefined)(`a database that MLflow 1.30 wrote${NO_MLFLOW1}`, () => {
  const folder = suiteFolder();
  let runId: string;

  beforeAll(async () => {
    const trackingUri = `sqlite:///${join(folder.path, 'mlflow.db')}`;
    const made = { script: SCRIPT, folder: folder.path, trackingUri, python: MLFLOW1_PYTHON };
    runId = (await runMlflowScript(made)) as string;
  });

  it.each([
    ['models:/iris/1', 1],
    ['models:/iris/latest', 2],
    ['models:/iris/Production', 1],
  ])('gives %s', async (uri, registeredVersion) => {
    const { origin, digest } = await resolve(uri, { workingFolder: folder.path });
    expect(origin).toMatchObject({ registeredVersion, runId });
    const run = await resolve(`runs:/${runId}/iris_model`, { workingFolder: folder.path });
    expect(digest).toBe(run.digest);
  });

  it('has neither aliases nor logged models, and says so', async () => {
    for (const uri of ['models:/iris@champion', `models:/m-${'0'.repeat(32)}`])
      await expect(resolve(uri, { workingFolder: folder.path })).rejects.toMatchObject({
        code: 'MODEL_NOT_FOUND',
      });
  });
});
