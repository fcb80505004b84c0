import { isCaissonError } from '../../core/errors.ts';
import { serverInfo } from '../tracking-server/server-info.ts';
import type { ServerApi } from '../tracking-server/server-api.ts';

/** Whether the artifact proxy of a server signs URLs of its own store. One that does not say so does not. */
export async function proxySignsUrls(api: ServerApi): Promise<boolean> {
  try {
    const info = await serverInfo(api);
    return info?.['multipart_downloads_enabled'] === true || info?.['artifacts_presigned_only'] === true;
  } catch (error) {
    if (isCaissonError(error) && error.code.startsWith('STORE_')) return false;
    throw error;
  }
}
