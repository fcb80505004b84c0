import type { JsonObject, ServerApi } from './server-api.ts';

/** Since MLflow 3.5; it needs no login. */
const ROUTE = '/api/3.0/mlflow/server-info';

/** One question a run: what a server can do does not change meanwhile. */
const asked = new WeakMap<ServerApi, Promise<JsonObject | undefined>>();

/** What a tracking server says of itself; undefined when it does not know the question. Throws what ServerApi throws. */
export function serverInfo(api: ServerApi): Promise<JsonObject | undefined> {
  const answer = asked.get(api) ?? ask(api);
  asked.set(api, answer);
  return answer;
}

async function ask(api: ServerApi): Promise<JsonObject | undefined> {
  const answer = await api.ask({ path: ROUTE, since: 'mlflow-3' });
  return answer.kind === 'found' ? answer.value : undefined;
}
