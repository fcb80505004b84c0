import { CaissonError } from '../core/errors.ts';
import { ARTIFACT_SCHEMES, type ArtifactUri, isArtifactScheme, parseArtifactUri } from './artifact-uri.ts';
import { type DatabricksAuthority, formatDatabricksAuthority } from './databricks-authority.ts';
import { parseFileUri } from './file-uri.ts';
import type { ModelUri, RunUri } from './model-uri-kinds.ts';
import { parseModelsUri } from './models-uri.ts';
import { isStoreScheme, storeUriOf } from './store-uri.ts';
import { databricksOf, rejectUnsafePath, splitUri, uriInvalid } from './uri-parts.ts';

export type { ModelUri, RegisteredModelUri } from './model-uri-kinds.ts';

/** MLflow's utils/validation.py, _RUN_ID_REGEX. */
const RUN_ID = /^[a-zA-Z0-9][\w-]{0,255}$/;
const READABLE = `runs:/, models:/, file:, folders, ${ARTIFACT_SCHEMES.map((scheme) => `${scheme}:`).join(', ')}`;

/**
 * Parses a model URI that does not name an existing local path (the caller checks that first, as MLflow does).
 * Throws MODEL_URI_INVALID or MODEL_SCHEME_UNSUPPORTED.
 */
export function parseModelUri(text: string): ModelUri {
  if (text === '') throw uriInvalid(text, 'it is empty');
  if (/\p{Cc}/u.test(text)) throw uriInvalid(text, 'it holds control characters');
  const uri = splitUri(text);
  switch (uri.scheme) {
    case undefined:
      return { kind: 'folder', path: text };
    case 'file':
      return { kind: 'folder', path: parseFileUri(text, uri) };
    case 'runs':
      rejectUnsafePath(text, uri);
      // MLflow's parser drops a fragment in silence, and finds something else
      if (uri.path.includes('#')) throw uriInvalid(text, "it holds a '#'");
      return { ...parseRunsUri(text, uri.path.slice(1)), ...databricksOf(uri) };
    case 'models':
      rejectUnsafePath(text, uri);
      return parseModelsUri(text, uri);
    default:
      if (isArtifactScheme(uri.scheme)) return parsePlace(parseArtifactUri(text, uri.scheme, uri));
      throw new CaissonError(
        'MODEL_SCHEME_UNSUPPORTED',
        `caisson does not read models from '${uri.scheme}:' URIs`,
        { hint: `it reads ${READABLE}; a folder whose name holds a colon can be written ./${uri.scheme}:…` },
      );
  }
}

/** An address that the user writes must be one that can be opened. */
function parsePlace(address: ArtifactUri): ArtifactUri {
  const { scheme } = address;
  if (isStoreScheme(scheme)) storeUriOf({ ...address, scheme });
  return address;
}

/** The URI in its canonical spelling; for a folder, its path. */
export function formatModelUri(uri: ModelUri): string {
  switch (uri.kind) {
    case 'folder':
      return uri.path;
    case 'artifact':
      return uri.uri;
    case 'run':
      return `${start('runs', uri.databricks)}/${uri.runId}${tail(uri.path)}`;
    case 'logged-model':
      return `models:/${uri.modelId}${tail(uri.subpath)}`;
    case 'version':
      return `${start('models', uri.databricks)}/${uri.name}/${uri.version}${tail(uri.subpath)}`;
    case 'latest':
      return `${start('models', uri.databricks)}/${uri.name}/latest${tail(uri.subpath)}`;
    case 'stage':
      return `${start('models', uri.databricks)}/${uri.name}/${uri.stage}${tail(uri.subpath)}`;
    case 'alias':
      return `${start('models', uri.databricks)}/${uri.name}@${uri.alias}${tail(uri.subpath)}`;
  }
}

const start = (scheme: string, databricks: DatabricksAuthority | undefined): string =>
  databricks === undefined ? `${scheme}:` : `${scheme}://${formatDatabricksAuthority(databricks)}`;

const tail = (path: string): string => (path === '' ? '' : `/${path}`);

function parseRunsUri(text: string, path: string): RunUri {
  const [runId = '', ...rest] = path.split('/');
  if (!RUN_ID.test(runId))
    throw uriInvalid(text, runId === '' ? 'the run id is missing' : `'${runId}' is not a run id`);
  return { kind: 'run', runId, path: rest.filter((segment) => segment !== '' && segment !== '.').join('/') };
}
