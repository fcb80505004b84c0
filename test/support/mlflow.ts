import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Path of a Python that has mlflow and scikit-learn; the set-up of `npm test` sets it. Absent: skip, and say so. */
export const MLFLOW_PYTHON = process.env['CAISSON_TEST_MLFLOW_PYTHON'];
export const NO_MLFLOW =
  MLFLOW_PYTHON === undefined ? ' (skipped: CAISSON_TEST_MLFLOW_PYTHON is not set)' : '';

/** The same with MLflow 2. */
export const MLFLOW2_PYTHON = process.env['CAISSON_TEST_MLFLOW2_PYTHON'];
export const NO_MLFLOW2 =
  MLFLOW2_PYTHON === undefined ? ' (skipped: CAISSON_TEST_MLFLOW2_PYTHON is not set)' : '';

/** MLflow 1 without the parts that need pyarrow. */
export const MLFLOW1_PYTHON = process.env['CAISSON_TEST_MLFLOW1_PYTHON'];
export const NO_MLFLOW1 =
  MLFLOW1_PYTHON === undefined ? ' (skipped: CAISSON_TEST_MLFLOW1_PYTHON is not set)' : '';

export interface MlflowServer {
  readonly url: string;
  stop(): Promise<void>;
}

export interface MlflowServerOptions {
  /** Holds the database and the artifacts; must exist. */
  readonly folder: string;
  /** `login` is MLflow's basic-auth app with its first user. */
  readonly access?: 'open' | 'login';
  /** `proxied`: through the server; `direct`: the server names the place. */
  readonly artifacts?: 'proxied' | 'direct';
  /** Absent: a folder below `folder`. */
  readonly artifactRoot?: string;
  /** Of new experiments, when it is not behind a server that has a proxy too. */
  readonly experimentRoot?: string;
  /** `containers`: by any name of this machine, on all its addresses. */
  readonly clients?: 'loopback' | 'containers';
  readonly env?: Readonly<Record<string, string>>;
  /** That of MLFLOW_PYTHON when not given. */
  readonly python?: string | undefined;
}

/** The first user of MLflow's basic-auth app, as set below. */
export const MLFLOW_USER = { username: 'caisson-tester', password: 'a long p@ss:word' } as const;

const START_SECONDS = 120;

/** Starts a real tracking server on a free loopback port and waits until it answers. */
export async function startMlflowServer(options: MlflowServerOptions): Promise<MlflowServer> {
  const port = await freePort();
  const { folder, access = 'open', artifacts = 'proxied', clients = 'loopback' } = options;
  const root = options.artifactRoot ?? join(folder, 'artifacts');
  const host = clients === 'loopback' ? ['127.0.0.1'] : ['0.0.0.0', '--allowed-hosts', '*'];
  const child = spawn(
    options.python ?? python(),
    [
      ...['-m', 'mlflow', 'server', '--host', ...host, '--port', String(port), '--workers', '1'],
      ...['--backend-store-uri', `sqlite:///${join(folder, 'mlflow.db')}`],
      ...(artifacts === 'proxied'
        ? ['--artifacts-destination', root]
        : ['--no-serve-artifacts', '--default-artifact-root', root]),
      ...(options.experimentRoot === undefined ? [] : ['--default-artifact-root', options.experimentRoot]),
      ...(access === 'login' ? ['--app-name', 'basic-auth'] : []),
    ],
    {
      cwd: folder,
      // its own process group, so that its workers end with it
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...quietEnvironment(), ...(access === 'login' ? LOGIN_ENVIRONMENT : {}), ...options.env },
    },
  );
  const log = tail(child);
  const stop = (): Promise<void> => stopGroup(child);
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilHealthy(url, child, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

export interface PythonRun {
  readonly script: string;
  readonly trackingUri?: string;
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** That of MLFLOW_PYTHON when not given. */
  readonly python?: string | undefined;
}

/** Runs a Python script with MLflow and gives the JSON of its last line. */
export async function runMlflowScript({
  script,
  trackingUri,
  folder,
  env = {},
  python: program,
}: PythonRun): Promise<unknown> {
  const { stdout } = await run(program ?? python(), ['-c', script], {
    cwd: folder,
    env: {
      ...quietEnvironment(),
      ...(trackingUri === undefined ? {} : { MLFLOW_TRACKING_URI: trackingUri }),
      ...env,
    },
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}

export interface LoggedIris {
  readonly runId: string;
  /** Absent in MLflow 2, which has no logged models. */
  readonly modelId: string;
  /** A run in the manner of MLflow 2: the model's files are artifacts of the run, below `classic`. */
  readonly classicRunId: string;
}

/**
 * Logs the iris model and registers it as `iris`: version 1 is Archived and old, version 2 is in Production and has
 * the alias champion, version 3 (made from the classic run) is the newest.
 */
export async function logIris(store: Omit<PythonRun, 'script'>): Promise<LoggedIris> {
  return (await runMlflowScript({ ...store, script: LOG_IRIS })) as LoggedIris;
}

const LOG_IRIS = `
import json, mlflow, sklearn, tempfile, warnings
warnings.filterwarnings("ignore")
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from mlflow.models import infer_signature
X, y = load_iris(return_X_y=True)
model = LogisticRegression(max_iter=500).fit(X, y)
# named, because working them out takes most of the time
needs = [f"mlflow=={mlflow.__version__}", f"scikit-learn=={sklearn.__version__}"]
kinds = dict(signature=infer_signature(X, model.predict(X)), input_example=X[:2], pip_requirements=needs)
mlflow.set_experiment("iris")
with mlflow.start_run() as run:
    for _ in range(2):
        named = "name" if mlflow.__version__ >= "3" else "artifact_path"
        info = mlflow.sklearn.log_model(model, **{named: "iris_model"}, registered_model_name="iris", **kinds)
with mlflow.start_run() as classic, tempfile.TemporaryDirectory() as folder:
    mlflow.sklearn.save_model(model, folder + "/m", **kinds)
    mlflow.log_artifacts(folder + "/m", "classic")
client = mlflow.MlflowClient()
client.create_model_version("iris", f"{classic.info.artifact_uri}/classic", classic.info.run_id)
client.transition_model_version_stage("iris", "1", "Archived")
client.transition_model_version_stage("iris", "2", "Production")
client.set_registered_model_alias("iris", "champion", "2")
print(json.dumps({"runId": run.info.run_id, "modelId": getattr(info, "model_id", None), "classicRunId": classic.info.run_id}))
`;

function python(): string {
  if (MLFLOW_PYTHON === undefined) throw new Error('CAISSON_TEST_MLFLOW_PYTHON is not set');
  return MLFLOW_PYTHON;
}

/** Without the caller's own MLflow settings. */
function quietEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('MLFLOW_'));
  return {
    ...Object.fromEntries(own),
    PYTHONUNBUFFERED: '1',
    GIT_PYTHON_REFRESH: 'quiet',
    MLFLOW_DISABLE_TELEMETRY: 'true',
  };
}

/** The database of users is made in the server's working folder. */
const LOGIN_ENVIRONMENT: NodeJS.ProcessEnv = {
  MLFLOW_AUTH_ADMIN_USERNAME: MLFLOW_USER.username,
  MLFLOW_AUTH_ADMIN_PASSWORD: MLFLOW_USER.password,
  MLFLOW_FLASK_SERVER_SECRET_KEY: 'only for this test',
};

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function untilHealthy(url: string, child: ChildProcess, log: () => string): Promise<void> {
  for (let second = 0; second < START_SECONDS; second += 0.25) {
    if (child.exitCode !== null) throw new Error(`mlflow server ended with ${child.exitCode}:\n${log()}`);
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok === true) return;
    await wait(250);
  }
  throw new Error(`mlflow server was not healthy after ${START_SECONDS} s:\n${log()}`);
}

/** Keeps the end of what the server writes, for the error when it does not start. */
function tail(child: ChildProcess): () => string {
  let text = '';
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-4000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => text;
}

async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  process.kill(-child.pid, 'SIGTERM');
  const killer = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), 10_000);
  await ended;
  clearTimeout(killer);
}
