import { CaissonError } from '../../core/errors.ts';
import type { ServerApi } from './server-api.ts';
import { serverInfo } from './server-info.ts';

/**
 * A server without workspaces would pass over the header in silence, and give models of nobody's. Asked only when a workspace is named.
 * Throws STORE_FAILED when the server has none.
 */
export async function requireWorkspaces(api: ServerApi): Promise<void> {
  if (api.workspace === undefined) return;
  if ((await serverInfo(api))?.['workspaces_enabled'] === true) return;
  throw new CaissonError(
    'STORE_FAILED',
    `${api.shown} has no workspaces, and '${api.workspace}' is asked for`,
    { hint: 'unset MLFLOW_WORKSPACE, or start the server with --enable-workspaces' },
  );
}
