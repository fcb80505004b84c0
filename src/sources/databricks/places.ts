import { CaissonError } from '../../core/errors.ts';
import type { TreeEntry } from '../artifacts/list-tree.ts';
import { notBelow } from '../artifacts/safe-path.ts';
import { joined } from '../artifacts/server-listing.ts';
import { answerPages } from '../tracking-server/answer-pages.ts';
import { listOf, numberOf, objectOf, textOf } from '../tracking-server/json-fields.ts';
import type { ApiQuery, JsonObject, ServerApi } from '../tracking-server/server-api.ts';
import { encodePath } from './encode-path.ts';
import type { SignedFile, SignedPlace } from './signed-place.ts';

/** How a kind of place is listed and signed; paths are relative to what the ids name. */
interface Routes {
  readonly list: (path: string) => ApiQuery;
  /** The key of the list in the answer. */
  readonly entries: 'files' | 'contents';
  /** What the listed paths begin with. */
  readonly listedBelow: string;
  readonly sign: (path: string) => ApiQuery;
  /** The part of the answer that holds the address and its headers. */
  readonly signed: (answer: JsonObject) => JsonObject;
}

export interface PlaceRequest {
  readonly api: ServerApi;
  readonly shown: string;
  /** Inside of what the ids name; empty for all of it. */
  readonly subpath: string;
}

const MAX_PAGES = 1000;

/** Artifacts of a run: DatabricksArtifactRepository with `_Run` of databricks_artifact_repo_resources.py. */
export function runPlace(request: PlaceRequest, runId: string): SignedPlace {
  return placeOf(request, {
    list: (path) => ({ path: 'mlflow/artifacts/list', query: { run_id: runId, path } }),
    entries: 'files',
    listedBelow: '',
    sign: (path) => ({
      path: 'mlflow/artifacts/credentials-for-read',
      json: { run_id: runId, path: [path] },
    }),
    signed: (answer) => listOf(answer, 'credential_infos')[0] ?? {},
  });
}

/** Artifacts of a logged model: the same with `_LoggedModel`. */
export function loggedModelPlace(request: PlaceRequest, modelId: string): SignedPlace {
  const root = `mlflow/logged-models/${encodeURIComponent(modelId)}/artifacts`;
  return placeOf(request, {
    list: (path) => ({ path: `${root}/directories`, query: { artifact_directory_path: path } }),
    entries: 'files',
    listedBelow: '',
    sign: (path) => ({ path: `${root}/credentials-for-download`, json: { paths: [path] } }),
    signed: (answer) => objectOf(listOf(answer, 'credentials')[0] ?? {}, 'credential_info'),
  });
}

/** A version of the workspace's own registry: databricks_models_artifact_repo.py. */
export function versionPlace(
  request: PlaceRequest,
  { name, version }: { readonly name: string; readonly version: number },
): SignedPlace {
  const query = { name, version: String(version) };
  return placeOf(request, {
    list: (path) => ({ path: 'mlflow/model-versions/list-artifacts', query: { ...query, path } }),
    entries: 'files',
    listedBelow: '',
    sign: (path) => ({ path: 'mlflow/model-versions/get-signed-download-uri', query: { ...query, path } }),
    signed: (answer) => answer,
  });
}

/**
 * A folder of the Files API, such as /Models/catalog/schema/model/3 of Unity Catalog (presigned_url_artifact_repo.py) or a volume.
 * @param root absolute, without a slash at its end
 */
export function filesPlace(request: PlaceRequest, root: string): SignedPlace {
  const below = (path: string): string => (path === '' ? root : `${root}/${path}`);
  return placeOf(request, {
    list: (path) => ({ path: `fs/directories${encodePath(below(path))}` }),
    entries: 'contents',
    listedBelow: `${root}/`,
    sign: (path) => ({ path: 'fs/create-download-url', json: { path: below(path) } }),
    signed: (answer) => answer,
  });
}

function placeOf(request: PlaceRequest, routes: Routes): SignedPlace {
  const { api, shown, subpath } = request;
  const full = (path: string): string => joined(subpath, path);
  return {
    shown,
    listFolder: async (folder) => {
      const items = await listPages(request, routes, full(folder));
      // a file is listed as the one entry of itself
      const own = items.filter((item) => pathOf(item, routes.listedBelow) !== full(folder) || isFolder(item));
      return own.map((item) => entryOf(item, { shown, routes, subpath }));
    },
    sign: async (path) => {
      const answer = await api.ask(routes.sign(full(path)));
      if (answer.kind === 'missing') throw failed(shown, `gives no address for the file '${path}'`);
      return signedFile(routes.signed(answer.value), shown);
    },
  };
}

async function listPages(
  { api, shown }: PlaceRequest,
  routes: Routes,
  path: string,
): Promise<readonly JsonObject[]> {
  const found: JsonObject[] = [];
  let pages = 0;
  for await (const { items, rest } of answerPages(api, routes.list(path), routes.entries)) {
    found.push(...items);
    pages += 1;
    if (pages === MAX_PAGES && rest === 'more')
      throw failed(shown, `lists a folder in more than ${MAX_PAGES} pages`);
  }
  return found;
}

const isFolder = (item: JsonObject): boolean => item['is_dir'] === true || item['is_directory'] === true;

function pathOf(item: JsonObject, listedBelow: string): string {
  const path = textOf(item, 'path') ?? '';
  return path.startsWith(listedBelow) ? path.slice(listedBelow.length) : path;
}

interface EntryContext {
  readonly shown: string;
  readonly routes: Routes;
  readonly subpath: string;
}

/** Whoever lists the tree checks the path; here, that it lies below the place. */
function entryOf(item: JsonObject, { shown, routes, subpath }: EntryContext): TreeEntry {
  const listed = pathOf(item, routes.listedBelow).replace(/\/$/, '');
  const start = subpath === '' ? '' : `${subpath}/`;
  if (!listed.startsWith(start)) throw notBelow(listed, shown);
  const size = numberOf(item, 'file_size');
  return {
    path: listed.slice(start.length),
    kind: isFolder(item) ? 'folder' : 'file',
    ...(size === undefined ? {} : { size }),
  };
}

/** `{signed_uri | url, headers: [{name, value}]}`. */
function signedFile(answer: JsonObject, shown: string): SignedFile {
  const text = textOf(answer, 'signed_uri') ?? textOf(answer, 'url') ?? '';
  // what is signed for everyone is not sent in the clear
  if (!URL.canParse(text) || !isSecret(new URL(text)))
    throw failed(shown, 'gives an address that is no https: URL');
  const headers = listOf(answer, 'headers').map((header) => [
    textOf(header, 'name') ?? '',
    textOf(header, 'value') ?? '',
  ]);
  return {
    url: new URL(text),
    headers: Object.fromEntries(headers.filter(([name]) => name !== '')) as SignedFile['headers'],
  };
}

const isSecret = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && /^(127\.|localhost$|\[::1\]$)/.test(hostname));

const failed = (shown: string, what: string): CaissonError =>
  new CaissonError('STORE_FAILED', `${shown} ${what}`);
