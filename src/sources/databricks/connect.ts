import { DEFAULT_HTTP_CONFIG, HttpClient } from '../../platform/http.ts';
import type { SourcesConfig } from '../port.ts';
import { ServerApi } from '../tracking-server/server-api.ts';
import { databricksAccess } from './databricks-login.ts';
import type { DatabricksPlace } from './databricks-uri.ts';

export type DatabricksConfig = Pick<SourcesConfig, 'databricks' | 'network'>;

/** A workspace, logged in to. It speaks MLflow's API, and some of its own. Throws STORE_DENIED, STORE_UNREACHABLE. */
export async function connectDatabricks(
  place: DatabricksPlace,
  { databricks, network = { proxies: {} } }: DatabricksConfig,
  signal: AbortSignal,
): Promise<ServerApi> {
  const http = new HttpClient({ ...DEFAULT_HTTP_CONFIG, network });
  const { url, shown, token } = await databricksAccess(place, databricks, { http, signal });
  return new ServerApi({ http, url, shown, credentials: { kind: 'token', token }, signal });
}
