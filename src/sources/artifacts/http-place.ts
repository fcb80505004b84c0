import { CaissonError } from '../../core/errors.ts';
import type { ServerApi } from '../tracking-server/server-api.ts';
import { openMlflowProxy } from './mlflow-proxy.ts';
import type { ArtifactStore } from './port.ts';

/** The address of a folder in MLflow's artifact service: what stands before /api/2.0, and the path in the service. */
const SERVICE = /^(.*?)\/api\/2\.0\/mlflow-artifacts\/artifacts(?:\/(.*?))?\/*$/;

/**
 * Opens an `http(s):` place. MLflow knows one kind of them, its own artifact service (store/artifact/http_artifact_repo.py): other servers
 * have no listing. Throws MODEL_SCHEME_UNSUPPORTED.
 *
 * @param openApi a client for the server at an address, with the login that is meant for its host
 */
export function openHttpPlace(place: URL, openApi: (server: URL) => ServerApi): ArtifactStore {
  const [, prefix, path = ''] = SERVICE.exec(place.pathname) ?? [];
  if (prefix === undefined)
    throw new CaissonError(
      'MODEL_SCHEME_UNSUPPORTED',
      `'${place.origin}${place.pathname}' is no folder of MLflow's artifact service, and other servers do not list their files`,
      {
        hint: 'such an address holds /api/2.0/mlflow-artifacts/artifacts/; else download the model and give its folder',
      },
    );
  const decoded = path.split('/').map(decode).join('/');
  return openMlflowProxy(openApi(new URL(prefix, place.origin)), decoded);
}

/** A name that cannot be decoded, or that would be more than one then, is meant as it stands. */
function decode(segment: string): string {
  try {
    const name = decodeURIComponent(segment);
    return /[/\\]/.test(name) ? segment : name;
  } catch {
    return segment;
  }
}
