import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCaissonError } from '../../../src/core/errors.ts';
import { parseModelUri, type ModelUri } from '../../../src/model/model-uri.ts';
import { splitUri } from '../../../src/model/uri-parts.ts';
import { HttpClient } from '../../../src/platform/http.ts';
import { parseArtifactLocation } from '../../../src/sources/artifact-location.ts';
import { ServerApi } from '../../../src/sources/tracking-server/server-api.ts';
import { MLFLOW_PYTHON, NO_MLFLOW, runMlflowScript } from '../../support/mlflow.ts';
import { parseStoreUri } from '../../support/store-uri.ts';
import { suiteFolder } from '../../support/test-folders.ts';

/** What MLflow's own parsers say, in caisson's words; null where they refuse. */
const SCRIPT = `
import json, os
from mlflow.store.artifact.models_artifact_repo import ModelsArtifactRepository as M
from mlflow.store.artifact.runs_artifact_repo import RunsArtifactRepository as R
from mlflow.store.artifact.utils.models import _parse_model_uri
from mlflow.entities.model_registry.model_version_stages import get_canonical_stage
from mlflow.utils.uri import get_databricks_profile_uri_from_artifact_uri as profile_of
from urllib.parse import urlparse
def norm(path):
    return "/".join(s for s in (path or "").split("/") if s not in ("", "."))
def workspace(uri):
    for scheme in ("databricks", "databricks-uc"):
        found = profile_of(uri, result_scheme=scheme)
        if found is None: continue
        _, separator, profile = found.partition("://")
        return {"databricks": {"scheme": scheme, **({"profile": profile} if separator else {})}}
    return {}
def parse(uri):
    if uri.startswith("runs:"):
        run, path = R.parse_runs_uri(uri)
        return {"kind": "run", "runId": run, "path": norm(path), **workspace(uri)}
    base, sub = M.split_models_uri(uri)
    p = _parse_model_uri(base)
    sub = norm(sub)
    if p.model_id is not None: return {"kind": "logged-model", "modelId": p.model_id, "subpath": sub}
    common = {"name": p.name, "subpath": sub, **workspace(uri)}
    if p.version is not None: return {"kind": "version", "version": int(p.version), **common}
    if p.alias is not None and p.alias.lower() != "latest": return {"kind": "alias", "alias": p.alias, **common}
    if p.stage is not None: return {"kind": "stage", "stage": get_canonical_stage(p.stage), **common}
    return {"kind": "latest", **common}
def attempt(uri):
    try: return parse(uri)
    except Exception: return None
with open("uris.json") as f: uris = json.load(f)
print(json.dumps([attempt(u) for u in uris]))
`;

/** A model id of a workspace that the URI names: MLflow drops the name and asks the tracking store. */
function isForeignModelId(uri: string): boolean {
  const path = /^models:\/\/[^/]+(\/.*)$/.exec(uri)?.[1];
  return path !== undefined && isModelId(path);
}

function isModelId(path: string): boolean {
  try {
    return parseModelUri(`models:${path}`).kind === 'logged-model';
  } catch (error) {
    // with a double slash, MLflow's parser splits in another place than caisson's, which refuses it
    if (isCaissonError(error)) return path.startsWith('//');
    throw error;
  }
}

/** Texts that caisson refuses on purpose although MLflow reads them: it would only fail later, or read something else. */
function refusedOnPurpose(uri: string): boolean {
  return (
    /\.\.|%2e/i.test(uri) || // climbing out
    /[?#]/.test(uri) || // MLflow drops what follows in silence
    /^models:\/+@/.test(uri) || // no name
    /^(runs|models):\/\/(?!([\w-]+@)?databricks(-uc)?\/)[^/]/.test(uri) || // a host that is not Databricks
    isForeignModelId(uri) ||
    /^models:\/\/[^/]+\/+@/.test(uri) || // no name
    /^runs:\/\/[^/]+\/+[^/]*[^\w/-]/.test(uri) || // no run id that a store would take
    /^runs:\/\/[^/]+\/+(-|$)/.test(uri) ||
    /^runs:\/+[^/]*[^\w/-]/.test(uri) || // no run id that a store would take
    /^runs:\/+-/.test(uri)
  );
}

describe.skipIf(MLFLOW_PYTHON === undefined)(`model URIs${NO_MLFLOW}`, () => {
  const folder = suiteFolder();

  it("are read as MLflow's own parser reads them", async () => {
    const piece = fc.constantFrom(
      'iris',
      'a b',
      'm-1',
      '1',
      '007',
      'latest',
      'LATEST',
      'Production',
      'none',
      'x',
      '@',
      'n@a',
      'n@b@c',
      'n@latest',
      '',
      '.',
      '..',
      '%2e%2e',
      'a?b',
      'a#b',
      'ä',
      '-x',
      ':',
    );
    const uri = fc
      .tuple(
        fc.constantFrom(
          ...['runs:/', 'models:/', 'runs:', 'models:', 'models:///', 'runs:///'],
          ...[
            'models://prod@databricks/',
            'models://databricks/',
            'models://databricks-uc/',
            'models://p@databricks-uc/',
          ],
          ...['runs://prod@databricks/', 'runs://databricks/', 'models://host/'],
        ),
        fc.array(piece, { maxLength: 4 }),
      )
      .map(([head, pieces]) => head + pieces.join('/'));
    const uris = [...new Set(fc.sample(uri, { numRuns: 3000, seed: 3 }))].sort();
    writeFileSync(join(folder.path, 'uris.json'), JSON.stringify(uris));
    const theirs = (await runMlflowScript({ folder: folder.path, script: SCRIPT })) as readonly unknown[];
    const differences = uris
      .map((text, index) => ({ text, mlflow: theirs[index] ?? null, caisson: ours(text) }))
      .filter(({ text, mlflow, caisson }) =>
        caisson === null ? mlflow !== null && !refusedOnPurpose(text) : !sameValue(caisson, mlflow),
      );
    expect(theirs).toHaveLength(uris.length);
    expect(differences).toEqual([]);
  });
});

/** Where MLflow's own artifact repositories look: each gets the address as its registry gives it. */
const PLACES = `
import json
from urllib.parse import urlparse
from mlflow.store.artifact.s3_artifact_repo import S3ArtifactRepository as S3
from mlflow.store.artifact.gcs_artifact_repo import GCSArtifactRepository as Gcs
from mlflow.store.artifact.azure_blob_artifact_repo import AzureBlobArtifactRepository as Blob
from mlflow.store.artifact.mlflow_artifacts_repo import MlflowArtifactsRepository as Proxy
from mlflow.utils.file_utils import local_file_uri_to_path
from mlflow.utils.uri import get_databricks_profile_uri_from_artifact_uri as profile_of
from mlflow.utils.uri import remove_databricks_profile_info_from_artifact_uri as plain
def norm(path):
    return "/".join(s for s in path.split("/") if s not in ("", "."))
def parse(uri):
    scheme = urlparse(uri).scheme.lower()
    if scheme == "s3":
        bucket, path = S3.parse_s3_compliant_uri(None, uri)
        return [scheme, bucket, norm(path)]
    if scheme == "gs":
        bucket, path = Gcs.parse_gcs_uri(uri)
        return [scheme, bucket, norm(path)]
    if scheme == "wasbs":
        container, account, path, host = Blob.parse_wasbs_uri(uri)
        return [scheme, container, account, norm(path)]
    if scheme == "sftp":
        p = urlparse(uri)
        return [scheme, p.hostname or "localhost", p.port, p.username, norm(p.path)]
    if scheme == "mlflow-artifacts":
        p = urlparse(Proxy.resolve_uri(uri, "http://tracking:5000"))
        return [scheme, p.netloc, norm(p.path.split("/mlflow-artifacts/artifacts", 1)[1])]
    if scheme == "dbfs":
        found = profile_of(uri)
        return [scheme, None if found is None else found.partition("://")[2], norm(urlparse(plain(uri)).path)]
    return ["file", "/" + norm(local_file_uri_to_path(uri))]
def attempt(uri):
    try: return parse(uri)
    except Exception: return None
with open("places.json") as f: uris = json.load(f)
print(json.dumps([attempt(u) for u in uris]))
`;

const normal = (path: string): string =>
  path
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/');

/** The same of caisson; null where it refuses. */
function ourPlace(text: string): unknown {
  const uri = ours(text) as ModelUri | null;
  if (uri?.kind === 'folder') return ['file', `/${normal(uri.path)}`];
  if (uri?.kind !== 'artifact') return null;
  const { scheme } = uri;
  const { authority, path } = splitUri(uri.uri);
  if (scheme === 'mlflow-artifacts') return ourServer(uri.uri);
  if (scheme === 'dbfs')
    return [scheme, authority === '' ? null : authority.replace(/@?databricks$/, ''), normal(path)];
  const place = parseStoreUri(text);
  switch (place?.kind) {
    case 's3':
    case 'gcs':
      return [scheme, place.bucket, normal(place.path)];
    case 'azure':
      return [scheme, place.container, place.account, normal(place.path)];
    case 'sftp':
      return [scheme, place.host, place.port ?? null, place.user ?? null, normal(place.path)];
    default:
      return null;
  }
}

/** The server that is asked, and the path that it is asked for. */
function ourServer(text: string): unknown {
  const location = parseArtifactLocation(text);
  if (location.kind !== 'proxied') return null;
  const api = new ServerApi({
    ...{ http: new HttpClient(), url: new URL('http://tracking:5000'), shown: 'tracking' },
    ...{ credentials: { kind: 'none' }, signal: new AbortController().signal },
  });
  try {
    return ['mlflow-artifacts', api.serving(location).endpoint('').host, location.path];
  } catch (error) {
    if (isCaissonError(error)) return null;
    throw error;
  }
}

/** What caisson refuses on purpose: climbing out, what MLflow drops in silence, and hosts that it would ask in vain or not at all. */
const isRefusedPlace = (uri: string): boolean =>
  /\.\.|%2e/i.test(uri) ||
  /[?#]/.test(uri) ||
  /^dbfs:\/\/(?!([^@/]+@)?databricks\/)/.test(uri) ||
  /^file:\/\/(?!(localhost)?\/)/.test(uri) ||
  // all that there is, which is no model
  /^[a-z-]+:\/*$/.test(uri) ||
  // no port, or no host that there could be
  /^mlflow-artifacts:\/\/[^/]*[: %](?!\d+(\/|$))/.test(uri);

/** In the name of a folder these are letters, where MLflow drops what follows; what stands before a host is a login, which is kept apart. */
const isOtherwise = (uri: string): boolean =>
  /^file:.*[?#]/.test(uri) ||
  /^mlflow-artifacts:\/\/[^/]*@/.test(uri) ||
  // MLflow takes the workspace out, and what follows two slashes for another host
  /^dbfs:\/\/[^/]*databricks\/\//.test(uri);

describe.skipIf(MLFLOW_PYTHON === undefined)(`addresses of places${NO_MLFLOW}`, () => {
  const folder = suiteFolder();

  it("lead where MLflow's own repositories look", async () => {
    const heads = [
      ...['s3://bucket', 's3://my.bucket-1', 'gs://models_of.example', 'S3://bucket'],
      ...['wasbs://models@account.blob.core.windows.net', 'wasbs://$web@a1.blob.core.windows.net'],
      ...['sftp://host', 'sftp://me@host', 'sftp://me@host.example:2222', 'sftp://'],
      ...[
        'mlflow-artifacts:',
        'mlflow-artifacts://',
        'mlflow-artifacts://host:5000',
        'mlflow-artifacts://host',
      ],
      ...['dbfs:', 'dbfs://databricks', 'dbfs://prod@databricks', 'dbfs://other'],
      ...['file:', 'file://', 'file://localhost'],
    ];
    const piece = fc.constantFrom(
      ...[
        'iris',
        'a b',
        'a%20b',
        'm-1',
        'ä',
        '.',
        '',
        '..',
        '%2e%2e',
        'a=b',
        'a+b',
        'a@b',
        'a:b',
        'a?b',
        'a#b',
      ],
    );
    const uri = fc
      .tuple(fc.constantFrom(...heads), fc.array(piece, { minLength: 1, maxLength: 4 }))
      .map(([head, pieces]) => `${head}/${pieces.join('/')}`);
    const uris = [...new Set(fc.sample(uri, { numRuns: 3000, seed: 7 }))].sort();
    writeFileSync(join(folder.path, 'places.json'), JSON.stringify(uris));
    const theirs = (await runMlflowScript({ folder: folder.path, script: PLACES })) as readonly unknown[];
    const differences = uris
      .map((text, index) => ({ text, mlflow: theirs[index] ?? null, caisson: ourPlace(text) }))
      .filter(({ text, mlflow, caisson }) =>
        caisson === null
          ? mlflow !== null && !isRefusedPlace(text)
          : JSON.stringify(caisson) !== JSON.stringify(mlflow) && !isOtherwise(text),
      );
    expect(differences).toEqual([]);
  });
});

function ours(text: string): unknown {
  try {
    return parseModelUri(text);
  } catch (error) {
    if (isCaissonError(error)) return null;
    throw error;
  }
}

function sameValue(one: unknown, other: unknown): boolean {
  const sorted = (value: unknown): string => JSON.stringify(Object.entries(value ?? {}).sort());
  return other !== null && sorted(one) === sorted(other);
}
