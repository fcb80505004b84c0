import type { JsonObject, ServerApi } from './server-api.ts';

/** Since MLflow 3.5; it needs no login. */
const ROUTE = '/api/3.0/mlflow/server-info';

/** One question a run: what a server can do does not change meanwhile. */
const asked = new WeakMap<ServerApi, Map<string, Promise<JsonObject | undefined>>>();

/**
 * What a tracking server says of itself; undefined when it does not know the question. Throws what ServerApi throws.
 *
 * @param host `host[:port]` of another server with the same scheme and prefix
 */
export function serverInfo(api: ServerApi, host?: string): Promise<JsonObject | undefined> {
  const answers = asked.get(api) ?? new Map<string, Promise<JsonObject | undefined>>();
  asked.set(api, answers);
  const answer = answers.get(host ?? '') ?? ask(api, host);
  answers.set(host ?? '', answer);
  return answer;
}

async function ask(api: ServerApi, host: string | undefined): Promise<JsonObject | undefined> {
  const answer = await api.ask({
    path: ROUTE,
    since: 'mlflow-3',
    ...(host === undefined ? {} : { host }),
  });
  return answer.kind === 'found' ? answer.value : undefined;
}
