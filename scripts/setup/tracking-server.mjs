import { inRoot } from '../support/paths.mjs';
import { answers, freePort, waitUntil } from '../support/ports.mjs';
import { run } from '../support/processes.mjs';
import { makeServiceFolder, startInFolder } from '../support/services.mjs';
import { lastLines, SetUpError } from '../support/terminal.mjs';
import { binaryOf, PYTHON } from './python.mjs';

/**
 * Starts MLflow's own tracking server with proxied artifacts, trains and logs the iris models there, and stops it at the end.
 * It listens on every address, because containers reach it over the engine's bridge.
 * @param {import('../support/session.mjs').Session} session
 * @returns {Promise<{ uri: string, ids: string, artifacts: string }>} ids: JSON as fixtures/make/log_iris.py prints it; artifacts: the
 *   folder that `mlflow-artifacts:/` stands for
 */
export async function startTrackingServer(session) {
  const folder = makeServiceFolder('tracking-server', session);
  const port = await freePort();
  const env = { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', MLFLOW_TRACKING_URI: undefined };
  const artifacts = `${folder}/artifacts`;
  const args = [
    ...['server', '--host', '0.0.0.0', '--port', String(port), '--workers', '1', '--allowed-hosts', '*'],
    ...['--backend-store-uri', `sqlite:///${folder}/mlflow.db`, '--artifacts-destination', artifacts],
  ];
  const command = binaryOf(PYTHON, 'mlflow');
  const { ended, logText } = startInFolder(folder, { command, args, env, session });
  const uri = `http://127.0.0.1:${port}`;
  const { signal } = session;
  if (!(await waitUntil(() => answers(`${uri}/health`), { timeoutMs: 90_000, signal, ended }))) {
    throw new SetUpError(`MLflow's tracking server does not answer at ${uri}:\n${lastLines(logText(), 20)}`);
  }
  const script = inRoot('fixtures/make/log_iris.py');
  const { stdout } = await run(binaryOf(PYTHON, 'python'), [script, uri], { cwd: folder, env, signal });
  return { uri, ids: stdout.trimEnd().split('\n').at(-1) ?? '{}', artifacts };
}
