import { isCaissonError } from '../../core/errors.ts';
import type { ServerApi } from '../tracking-server/server-api.ts';

const MAX_BYTES = 64 * 1024;

/**
 * Whether the artifact proxy of a server signs URLs of its own store (`GET /api/3.0/mlflow/server-info`, without a login). A server that
 * does not know the route does not.
 */
export async function proxySignsUrls(api: ServerApi, host?: string): Promise<boolean> {
  const url = api.endpoint('');
  url.pathname = url.pathname.replace(/\/api\/2\.0\/$/, '/api/3.0/mlflow/server-info');
  if (host !== undefined) url.host = host;
  try {
    const response = await api.open({ url });
    const body = await response.body.text(MAX_BYTES);
    if (response.status !== 200 || body.kind !== 'text') return false;
    const value = JSON.parse(body.text) as Readonly<Record<string, unknown>>;
    return value['multipart_downloads_enabled'] === true || value['artifacts_presigned_only'] === true;
  } catch (error) {
    if (error instanceof SyntaxError || (isCaissonError(error) && error.code.startsWith('STORE_')))
      return false;
    throw error;
  }
}
